/** Twenty users with ten posts each, and five comments on each post: what a feed reads. */
import { equal } from 'node:assert/strict'
import { COMMENTED_USERS, COMMENTS_A_POST } from '../database.ts'

const USERS_A_FEED = 20
const POSTS_A_USER = 10

export const feedAfter = (after: number) =>
  ({
    where: { id: { gt: after } },
    orderBy: { id: 'asc' },
    take: USERS_A_FEED,
    include: { posts: { orderBy: { id: 'asc' }, include: { comments: { orderBy: { id: 'asc' } } } } },
  }) as const

export type Feed = readonly {
  readonly id: number
  readonly posts: readonly { readonly authorId: number; readonly comments: readonly { readonly text: string }[] }[]
}[]

/** A user after whom there are enough others with comments; the same sequence in every process. */
export function feedStarts(): () => number {
  let next = 0
  return () => (next = (next + 7) % (COMMENTED_USERS - USERS_A_FEED))
}

export function checkFeed(feed: Feed, after: number): void {
  equal(feed.length, USERS_A_FEED)
  for (const [i, { id, posts }] of feed.entries()) {
    equal(id, after + 1 + i)
    equal(posts.length, POSTS_A_USER)
    for (const post of posts) {
      equal(post.authorId, id)
      equal(post.comments.length, COMMENTS_A_POST)
    }
  }
}
