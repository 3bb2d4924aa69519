/** Pages of posts, the latest first: which there are, and what is right. */
import { deepEqual } from 'node:assert/strict'
import { POSTS, type Post, postCreatedAt, postId } from '../rows.ts'

export const PAGE = 20

export type ListedPost = Pick<Post, 'id' | 'title' | 'createdAt' | 'authorId'>

/** What the pages show of a post. */
export const listed = { id: true, title: true, createdAt: true, authorId: true } as const

export const latestFirst = [{ createdAt: 'desc' as const }, { id: 'desc' as const }]

/** Cursors are taken so many posts apart. */
export const STRIDE = 1_000

/** How many strides there are with a page after them. */
export const STRIDES = POSTS / STRIDE - 1

/** After how many strides to read; the same sequence in every process. */
export function strides(): () => number {
  let state = 1
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return 1 + (state % STRIDES)
  }
}

/** The number of the post under the cursor when so many have been passed, the latest first. */
export function postUnder(passed: number): number {
  return POSTS - passed + 1
}

/** Throws unless these are the posts that come after so many others. */
export function checkPage(page: readonly ListedPost[], passed: number): void {
  const expected = Array.from({ length: PAGE }, (_, i) => POSTS - passed - i)
  deepEqual(
    page.map(({ id, createdAt }) => ({ id, createdAt })),
    expected.map((number) => ({ id: postId(number), createdAt: postCreatedAt(number) })),
  )
  for (const post of page) deepEqual(Object.keys(post), Object.keys(listed))
}
