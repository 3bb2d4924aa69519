import type { Comment, Post, PrismaClient, User } from '../../generated/prisma/client.ts'
import { ShopError } from '../errors.ts'
import { isForeignKeyViolation } from './database-errors.ts'

export type WrittenComment = Comment & { author: Pick<User, 'id' | 'name'> }

export type PostWithComments = Post & {
  author: Pick<User, 'id' | 'name'>
  tags: string[]
  /** The first fifty, in order. */
  comments: WrittenComment[]
  _count: { comments: number }
}

export interface CreatePostData {
  authorId: string
  title: string
  content: string
  published?: boolean
  tags?: string[]
}

export interface CreateCommentData {
  authorId: string
  content: string
}

const nameOfAuthor = { author: { select: { id: true, name: true } } }
const withComments = {
  ...nameOfAuthor,
  tags: { select: { tag: { select: { name: true } } }, orderBy: { tag: { name: 'asc' as const } } },
  comments: { include: nameOfAuthor, orderBy: [{ createdAt: 'asc' as const }, { id: 'asc' as const }], take: 50 },
  _count: { select: { comments: true } },
}

export class PostService {
  private readonly prisma: PrismaClient

  constructor(prisma: PrismaClient) {
    this.prisma = prisma
  }

  /**
   * A post that the caller may see: policies show drafts to their author alone.
   * @throws ShopError NOT_FOUND
   */
  async getPost(id: string): Promise<PostWithComments> {
    const post = await this.prisma.post.findUnique({ where: { id }, include: withComments })
    if (post === null) throw noPost()
    return { ...post, tags: namesOf(post.tags) }
  }

  /** @throws ShopError UNKNOWN_REFERENCE where there is no such author */
  async createPost({ tags = [], published = false, ...post }: CreatePostData): Promise<PostWithComments> {
    const tagIds = await this.ensureTags(tags)
    const data = {
      ...post,
      published,
      publishedAt: published ? new Date() : null,
      tags: { createMany: { data: tagIds.map((tagId) => ({ tagId })) } },
    }
    try {
      const created = await this.prisma.post.create({ data, include: withComments })
      return { ...created, tags: namesOf(created.tags) }
    } catch (error) {
      throw isForeignKeyViolation(error) ? noAuthor(error) : error
    }
  }

  /** @throws ShopError NOT_FOUND for the post, UNKNOWN_REFERENCE for the author */
  async createComment(postId: string, comment: CreateCommentData): Promise<WrittenComment> {
    const post = await this.prisma.post.findUnique({ where: { id: postId, published: true }, select: { id: true } })
    if (post === null) throw noPost()
    try {
      return await this.prisma.comment.create({ data: { ...comment, postId }, include: nameOfAuthor })
    } catch (error) {
      throw isForeignKeyViolation(error) ? noAuthor(error) : error
    }
  }

  /** Sorted, so that two posts that bring the same new tags wait for each other in one order and never in a circle. */
  private async ensureTags(names: string[]): Promise<string[]> {
    if (names.length === 0) return []
    const sorted = [...new Set(names)].sort()
    await this.prisma.tag.createMany({ data: sorted.map((name) => ({ name })), skipDuplicates: true })
    const tags = await this.prisma.tag.findMany({ where: { name: { in: sorted } }, select: { id: true } })
    return tags.map((tag) => tag.id)
  }
}

function namesOf(tags: { tag: { name: string } }[]): string[] {
  return tags.map(({ tag }) => tag.name)
}

function noPost(): ShopError {
  return new ShopError('NOT_FOUND', 'There is no post with this id, or it is not published.')
}

function noAuthor(cause: unknown): ShopError {
  return new ShopError('UNKNOWN_REFERENCE', 'There is no user with this id.', { field: 'authorId', cause })
}
