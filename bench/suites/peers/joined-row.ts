import type { PostWithAuthor } from '../../blog/rows.ts'

/** A row of posts joined with users, before it is nested: what a hand-written join returns. */
export interface JoinedRow {
  id: number
  title: string
  views: number
  published: boolean
  createdAt: Date
  authorId: number
  userId: number
  email: string
  name: string | null
  userCreatedAt: Date
}

export const JOINED_COLUMNS = `
  p.id, p.title, p.views, p.published, p.created_at AS "createdAt", p.author_id AS "authorId",
  u.id AS "userId", u.email, u.name, u.created_at AS "userCreatedAt"`

export function nest(row: JoinedRow): PostWithAuthor {
  return {
    id: row.id,
    title: row.title,
    views: row.views,
    published: row.published,
    createdAt: row.createdAt,
    authorId: row.authorId,
    author: { id: row.userId, email: row.email, name: row.name, createdAt: row.userCreatedAt },
  }
}
