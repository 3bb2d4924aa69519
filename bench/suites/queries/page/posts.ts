/** Pages of posts, the latest first: which there are, and what is right. */
import { deepEqual } from 'node:assert/strict'
import { POSTS, type Post, postCreatedAt, postId } from '../rows.ts'

export const PAGE = 20

export type ListedPost = Pick<Post, 'id' | 'title' | 'createdAt' | 'authorId'>

/** What the pages show of a post. */
export const listed = { id: true, title: true, createdAt: true, authorId: true } as const

export const latestFirst = [{ createdAt: 'desc' as const }, { id: 'desc' as const }]

/** The number of the last post before a page: page 1 begins with post POSTS. */
export function postBefore(page: number): number {
  return POSTS - (page - 1) * PAGE + 1
}

/** Numbers of posts after which there is at least a page; the same sequence in every process. */
export function postNumbers(): () => number {
  let state = 1
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return POSTS - (state % (POSTS - PAGE))
  }
}

/** Throws unless these are the posts that follow the one with this number. */
export function checkPage(page: readonly ListedPost[], before: number): void {
  const expected = Array.from({ length: PAGE }, (_, i) => before - 1 - i)
  deepEqual(
    page.map(({ id, createdAt }) => ({ id, createdAt })),
    expected.map((number) => ({ id: postId(number), createdAt: postCreatedAt(number) })),
  )
  for (const post of page) deepEqual(Object.keys(post), Object.keys(listed))
}
