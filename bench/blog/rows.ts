/**
 * The rows of the bench database. Every value follows from the row's id, so that a case can check what it read without
 * asking the database again.
 */
import { deepEqual } from 'node:assert/strict'

export const USERS = 10_000
export const POSTS = 100_000

/** How many rows a page of the suites has. */
export const PAGE = 20

export interface User {
  id: number
  email: string
  name: string | null
  createdAt: Date
}

export interface Post {
  id: number
  title: string
  views: number
  published: boolean
  createdAt: Date
  authorId: number
}

export interface PostWithAuthor extends Post {
  author: User
}

/** 2025-01-01 00:00 UTC; row `id` was created `id` minutes later. */
const START = Date.UTC(2025, 0, 1)

/** Writes the rows; as SQL for one session of the owner. */
export const SEED = `
INSERT INTO users (email, name, created_at)
SELECT 'user' || id || '@example.com',
       CASE WHEN id % 10 > 0 THEN 'User ' || id END,
       timestamptz '2025-01-01 00:00Z' + id * interval '1 minute'
  FROM generate_series(1, ${USERS}) id
 ORDER BY id;
INSERT INTO posts (title, views, published, created_at, author_id)
SELECT 'Post ' || id, id % 977, id % 3 > 0, timestamptz '2025-01-01 00:00Z' + id * interval '1 minute', id % ${USERS} + 1
  FROM generate_series(1, ${POSTS}) id
 ORDER BY id;
`

export function user(id: number): User {
  return {
    id,
    email: `user${id}@example.com`,
    name: id % 10 > 0 ? `User ${id}` : null,
    createdAt: new Date(START + id * 60_000),
  }
}

export function post(id: number): Post {
  return {
    id,
    title: `Post ${id}`,
    views: id % 977,
    published: id % 3 > 0,
    createdAt: new Date(START + id * 60_000),
    authorId: (id % USERS) + 1,
  }
}

/** An id of a post that has at least a page of posts after it; the same sequence in every process. */
export function postIds(): () => number {
  let state = 1
  return () => {
    // Lehmer's generator (Park and Miller 1988): cheap enough to stand in a timed loop.
    state = (state * 48_271) % 2_147_483_647
    return 1 + (state % (POSTS - PAGE))
  }
}

/** Throws unless the result is the post with this id, with exactly its fields. */
export function checkPost(result: Post | null | undefined, id: number): void {
  deepEqual({ ...result }, post(id))
}

/** Throws unless the result is the page of posts after this id, each with its author. */
export function checkPage(result: readonly PostWithAuthor[], after: number): void {
  const expected = Array.from({ length: PAGE }, (_, index) => {
    const expectedPost = post(after + 1 + index)
    return { ...expectedPost, author: user(expectedPost.authorId) }
  })
  deepEqual(
    result.map((row) => ({ ...row, author: { ...row.author } })),
    expected,
  )
}
