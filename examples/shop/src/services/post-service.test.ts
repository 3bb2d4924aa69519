import { beforeAll, expect, it } from 'vitest'
import { useShop } from '../../test/use-shop.ts'
import { roles } from '../roles.ts'
import { PostService } from './post-service.ts'

const shop = useShop()
let posts: PostService
let authorId: string

beforeAll(async () => {
  posts = new PostService(shop.prisma)
  const author = await shop.prisma.user.create({ data: { email: 'author@example.com', name: 'Author' } })
  authorId = author.id
})

it('writes a post with its tags, each once', async () => {
  const post = await posts.createPost({ authorId, title: 'T', content: 'C', published: true, tags: ['b', 'a', 'b'] })
  expect(post).toMatchObject({ tags: ['a', 'b'], author: { name: 'Author' }, comments: [], _count: { comments: 0 } })
  expect(post.publishedAt).toBeInstanceOf(Date)
  expect(await posts.getPost(post.id)).toEqual(post)
})

it('writes posts that bring the same new tags at once', async () => {
  const tags = Array.from({ length: 15 }, (_, index) => `new-${index}`)
  const written = await Promise.all(
    Array.from({ length: 12 }, (_, index) =>
      posts.createPost({ authorId, title: 'T', content: 'C', tags: index % 2 ? tags : tags.toReversed() }),
    ),
  )
  expect(written.map((post) => post.tags.length)).toEqual(written.map(() => 15))
  expect(await shop.prisma.tag.count({ where: { name: { startsWith: 'new-' } } })).toBe(15)
})

it('shows a draft to its author alone, and takes no comment on one', async () => {
  const draft = await posts.createPost({ authorId, title: 'T', content: 'C' })
  expect(draft).toMatchObject({ published: false, publishedAt: null })
  const as = (userId?: string) => new PostService(shop.db.$as({ userId, role: roles.reader })).getPost(draft.id)
  expect(await as(authorId)).toEqual(draft)
  for (const stranger of ['stranger', undefined])
    await expect(as(stranger)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await expect(posts.createComment(draft.id, { authorId, content: 'C' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

it('keeps the comments in order', async () => {
  const post = await posts.createPost({ authorId, title: 'T', content: 'C', published: true })
  for (const content of ['first', 'second', 'third']) await posts.createComment(post.id, { authorId, content })
  const { comments, _count } = await posts.getPost(post.id)
  expect(comments.map((comment) => comment.content)).toEqual(['first', 'second', 'third'])
  expect(_count.comments).toBe(3)
})

it('names the author that does not exist', async () => {
  const post = await posts.createPost({ authorId, title: 'T', content: 'C', published: true })
  const unknown = { code: 'UNKNOWN_REFERENCE', field: 'authorId' }
  await expect(posts.createPost({ authorId: 'nobody', title: 'T', content: 'C' })).rejects.toMatchObject(unknown)
  await expect(posts.createComment(post.id, { authorId: 'nobody', content: 'C' })).rejects.toMatchObject(unknown)
})
