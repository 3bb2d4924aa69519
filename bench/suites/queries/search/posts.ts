/** Published posts that hold a word: which there are, and what is right. */
import { deepEqual, equal, ok } from 'node:assert/strict'
import { COMMON_WORD, POSTS, postId, rareWord } from '../rows.ts'

export const PAGE = 20

/** What a search shows of a post. */
export const shown = { id: true, title: true, content: true, createdAt: true } as const

export interface FoundPost {
  readonly id: string
  readonly title: string
  readonly content: string
  readonly createdAt: Date
}

/** Every rare word is in so many posts, one in each so many posts. */
const APART = 50_000

/**
 * Rare words, or the common one; the same sequence in every process. Of five digits, so that none begins another; a multiple of ten
 * is in drafts only.
 */
export function words(common: boolean): () => string {
  let state = 1
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return common ? COMMON_WORD : rareWord(10_001 + (state % 3_999) * 10)
  }
}

/** Throws unless these are the newest posts with the word, in their order. */
export function checkNewest(posts: readonly FoundPost[], word: string): void {
  equal(posts.length, PAGE)
  if (word === COMMON_WORD) {
    for (const [i, post] of posts.entries()) {
      ok(`${post.title} ${post.content}`.includes(word))
      ok(i === 0 || post.createdAt <= posts[i - 1]!.createdAt)
    }
    return
  }
  deepEqual(
    posts.map(({ id }) => id),
    newestWith(word),
  )
}

/** Throws unless these are posts with the word, in whatever order. */
export function checkAnyOrder(posts: readonly FoundPost[], word: string): void {
  if (word === COMMON_WORD) checkRanked(posts, word)
  else
    deepEqual(
      posts
        .map(({ id }) => id)
        .sort()
        .reverse(),
      newestWith(word),
    )
}

function checkRanked(posts: readonly FoundPost[], word: string): void {
  equal(posts.length, PAGE)
  // The best have it in their title.
  for (const { title } of posts) ok(title.includes(word))
}

function newestWith(word: string): string[] {
  const number = Number(word.slice('case'.length))
  return Array.from({ length: POSTS / APART }, (_, i) => postId(number + (POSTS / APART - 1 - i) * APART))
}
