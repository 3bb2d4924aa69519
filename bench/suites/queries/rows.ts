/** The rows of the suite's database. Whatever a case checks follows from a row's number. */

export const POSTS = 1_000_000
export const USERS = 100_000
export const COMMENTS = 1_000_000
export const TAGS = 200

/** No row is younger; what the cases call now. */
export const END = Date.UTC(2026, 0, 1)
const POST_SECONDS = 90
/** So many posts share an instant. */
const POSTS_AN_INSTANT = 3

export interface Post {
  id: string
  title: string
  content: string
  published: boolean
  createdAt: Date
  updatedAt: Date
  authorId: string
}

/** Posts are numbered from the oldest, 1, to the youngest, POSTS; their ids sort like their numbers. */
export function postId(number: number): string {
  return `post-${String(number).padStart(7, '0')}`
}

export function postCreatedAt(number: number): Date {
  return new Date(END - Math.floor((POSTS - number) / POSTS_AN_INSTANT) * POST_SECONDS * 1000)
}

/** In three posts of ten sentences, about. */
export const COMMON_WORD = 'database'

/** In twenty posts each: `case0` to `case49999`. */
export function rareWord(post: number): string {
  return `case${post % 50_000}`
}

const SENTENCES = 2_000
const WORDS_A_SENTENCE = 12
const syllables = 'ba ce di fo gu ha je ki lo mu na pe qui ro su ta ve wi xo zu'.split(' ')
const known = [COMMON_WORD, 'query', 'index', 'table', 'planner', 'cache', 'page', 'lock', 'row', 'join']

/** What posts are written of. Of their words, one in ten is a known one. */
export function sentences(): string[] {
  let state = 1
  // Lehmer's generator (Park and Miller 1988): the same text in every run.
  const below = (limit: number) => {
    state = (state * 48_271) % 2_147_483_647
    return state % limit
  }
  const syllable = () => syllables[below(syllables.length)]!
  const word = () => (below(10) === 0 ? known[below(known.length)]! : syllable() + syllable() + syllable())
  return Array.from({ length: SENTENCES }, () => `${Array.from({ length: WORDS_A_SENTENCE }, word).join(' ')}.`)
}

const ago = (step: string) => `timestamptz '${new Date(END).toISOString()}' - ${step}`
const padded = (kind: string, number: string) => `'${kind}-' || lpad((${number})::text, 7, '0')`
/** Squared: few people write most. */
const author = (number: string) =>
  padded('user', `1 + floor(${USERS} * power((${number} * 7919 % ${USERS}) / ${USERS}.0, 2))::int`)

/** Fills the posts, given {@link sentences}. */
export const FILL_POSTS = `
   INSERT INTO posts (id, title, content, published, created_at, updated_at, author_id)
   SELECT ${padded('post', 'n')}, split_part(s[1 + n * 13 % ${SENTENCES}], ' ', (1 + n % 9)::int) || ' ' || n,
          concat_ws(' ', s[1 + n * 31 % ${SENTENCES}], s[1 + (n * 17 + 7) % ${SENTENCES}], s[1 + (n * 7 + 3) % ${SENTENCES}],
                    'case' || n % 50000),
          n % 10 > 0, at, at, ${author('n')}
     FROM generate_series(1, ${POSTS}::bigint) n,
          LATERAL (SELECT ${ago(`(${POSTS} - n) / ${POSTS_AN_INSTANT} * interval '${POST_SECONDS} seconds'`)} AS at) instant,
          (SELECT $1::text[] AS s) text
    ORDER BY n`

/** Fills every other table; in whatever order, while nobody looks at foreign keys. */
export const FILL_REST: readonly string[] = [
  `INSERT INTO users (id, email, name, created_at, updated_at)
   SELECT ${padded('user', 'n')}, 'user' || n || '@example.com', 'User ' || n, ${ago("interval '400 days'")},
          ${ago(`n * 7919 % ${USERS} * interval '5 minutes'`)}
     FROM generate_series(1, ${USERS}) n`,
  `INSERT INTO user_profiles (id, user_id, bio)
   SELECT ${padded('profile', 'n')}, ${padded('user', 'n')}, 'Writes.' FROM generate_series(1, ${USERS}) n`,
  `INSERT INTO comments (id, content, created_at, post_id, author_id)
   SELECT ${padded('comment', 'n')}, 'Well said.', ${ago(`(${COMMENTS} - n) * interval '30 seconds'`)},
          ${padded('post', `1 + n * 7919 % ${POSTS}`)}, ${author('n * 31')}
     FROM generate_series(1, ${COMMENTS}::bigint) n`,
  `INSERT INTO tags (id, name) SELECT ${padded('tag', 'n')}, 'tag' || n FROM generate_series(1, ${TAGS}) n`,
  `INSERT INTO post_tags (post_id, tag_id)
   SELECT ${padded('post', 'n')}, ${padded('tag', `1 + floor(${TAGS} * power((n * k * 7919 % 10007) / 10007.0, 2))::int`)}
     FROM generate_series(1, ${POSTS}::bigint) n, generate_series(1, 2) k ON CONFLICT DO NOTHING`,
]
