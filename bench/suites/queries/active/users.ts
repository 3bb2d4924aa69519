/** The users of the last thirty days, the latest updated first. */
import { deepEqual, equal, ok } from 'node:assert/strict'
import { Client } from 'pg'
import { END } from '../rows.ts'

export const LIMIT = 10
export const since = new Date(END - 30 * 86_400_000)

export interface ActiveUser {
  readonly id: string
  readonly profile: { readonly userId: string } | null
  readonly posts: readonly { readonly authorId: string; readonly createdAt: Date }[]
  readonly _count: { readonly posts: number; readonly comments: number }
}

const EXPECTED = `
SELECT id FROM users
 WHERE id IN (SELECT author_id FROM posts WHERE created_at >= $1 UNION SELECT author_id FROM comments WHERE created_at >= $1)
 ORDER BY updated_at DESC, id DESC LIMIT ${LIMIT}`

/** Asks the database once who they are; what it returns throws for any other users. */
export async function checkOfActive(url: string): Promise<(users: readonly ActiveUser[]) => void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{ id: string }>(EXPECTED, [since])
  await client.end()
  const expected = rows.map(({ id }) => id)
  equal(expected.length, LIMIT)
  return (users) => {
    deepEqual(
      users.map(({ id }) => id),
      expected,
    )
    for (const { id, profile, posts, _count } of users) {
      equal(profile?.userId, id)
      ok(posts.length > 0 || _count.comments > 0)
      ok(posts.length <= 5 && posts.every((post) => post.authorId === id && post.createdAt >= since))
    }
  }
}
