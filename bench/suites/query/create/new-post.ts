import { equal, ok } from 'node:assert/strict'
import type { Post } from '../../../blog/rows.ts'

export interface NewPost {
  readonly title: string
  readonly authorId: number
}

export function newPosts(): () => NewPost {
  let n = 0
  return () => ({ title: `New ${n++}`, authorId: 1_001 + (n % 1_000) })
}

export function checkCreated(created: Post, { title, authorId }: NewPost): void {
  ok(created.id > 0)
  ok(created.createdAt instanceof Date)
  equal(created.title, title)
  equal(created.authorId, authorId)
  equal(created.views, 0)
}
