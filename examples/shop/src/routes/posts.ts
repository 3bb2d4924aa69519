import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { FoundPost } from '../services/optimized-query-service.ts'
import type { PostWithComments, WrittenComment } from '../services/post-service.ts'
import type { ListedPost } from '../services/user-service.ts'
import { answers, Id, IdParams, Instant, nullable, Page, PageQuery, strict, text } from './schemas.ts'

const Author = Type.Object({ id: Id, name: nullable(Type.String()) })

const Comment = Type.Object({ id: Id, content: Type.String(), createdAt: Instant, author: Author })

const PostBase = {
  id: Id,
  title: Type.String(),
  content: Type.String(),
  published: Type.Boolean(),
  publishedAt: nullable(Instant),
  createdAt: Instant,
  updatedAt: Instant,
  author: Author,
}
const Listed = Type.Object({ ...PostBase, commentCount: Type.Integer() })
const Tagged = { ...PostBase, tags: Type.Array(Type.String()) }
const Html = Type.String({ description: 'HTML: escaped text, what matched in `<mark>`' })
const Found = Type.Object({
  ...Tagged,
  rank: Type.Number(),
  highlights: Type.Object({ title: nullable(Html), content: nullable(Html) }),
})
const Whole = Type.Object({ ...Listed.properties, ...Tagged, comments: Type.Array(Comment) })

const Tag = text(50)

const NewPost = strict({
  authorId: Id,
  title: text(200),
  content: text(50_000),
  published: Type.Optional(Type.Boolean()),
  tags: Type.Optional(Type.Array(Tag, { maxItems: 20 })),
})

const NewComment = strict({ authorId: Id, content: text(5_000) })

const SearchQuery = strict({
  q: text(200),
  author: Type.Optional(Id),
  tags: Type.Optional(Type.String({ ...text(500), description: 'One or more, separated by commas' })),
  order: Type.Optional(Type.Union([Type.Literal('rank'), Type.Literal('newest')])),
  ...PageQuery,
})

const SearchResult = Type.Object({
  ...Page(Found).properties,
  matched: Type.Union([Type.Literal('words'), Type.Literal('similar')], {
    description: 'What was found: the words themselves, or similar ones, since nothing held them',
  }),
  capped: Type.Boolean({ description: 'Whether only the newest matches were ranked and counted, for there are many' }),
  facets: Type.Object({ tags: Type.Array(Type.Object({ value: Type.String(), count: Type.Integer() })) }),
})

const ListQuery = strict({
  ...PageQuery,
  tag: Type.Optional(Tag),
  author: Type.Optional(Id),
})

export const postRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/posts',
    {
      schema: {
        tags: ['posts'],
        summary: 'Published posts, the latest first',
        querystring: ListQuery,
        response: answers({ 200: Page(Listed) }, 400),
      },
    },
    async ({ query: { first, after, tag, author }, services }) => {
      const page = await services.users.getPaginatedPosts(after, first, {
        ...(tag !== undefined && { tag }),
        ...(author !== undefined && { authorId: author }),
      })
      return { ...page, items: page.items.map(presentListed) }
    },
  )

  app.get(
    '/posts/search',
    {
      schema: {
        tags: ['posts'],
        summary: 'Published posts about something, with how many of them carry which tag',
        querystring: SearchQuery,
        response: answers({ 200: SearchResult }, 400),
      },
    },
    async ({ query: { q, author, tags, order, first, after }, services }) => {
      const names = tags?.split(',').map((name) => name.trim())
      const found = await services.queries.searchPosts(q, { authorId: author, tags: names, order, first, after })
      return { ...found, items: found.items.map(presentFound) }
    },
  )

  app.get(
    '/posts/:id',
    {
      schema: {
        tags: ['posts'],
        summary: 'A published post, or a draft of your own, with its first comments',
        params: IdParams,
        response: answers({ 200: Whole }, 400, 404),
      },
    },
    async ({ params, services }) => presentWhole(await services.posts.getPost(params.id)),
  )

  app.post(
    '/posts',
    { schema: { tags: ['posts'], summary: 'Write a post', body: NewPost, response: answers({ 201: Whole }, 400) } },
    async ({ body, services }, reply) => {
      const post = await services.posts.createPost(body)
      return reply.code(201).header('location', `/posts/${post.id}`).send(presentWhole(post))
    },
  )

  app.post(
    '/posts/:id/comments',
    {
      schema: {
        tags: ['posts'],
        summary: 'Comment on a published post',
        params: IdParams,
        body: NewComment,
        response: answers({ 201: Comment }, 400, 404),
      },
    },
    async ({ params, body, services }, reply) =>
      reply.code(201).send(presentComment(await services.posts.createComment(params.id, body))),
  )
}

function present<T extends FoundPost | ListedPost | PostWithComments>(post: T) {
  return {
    ...post,
    author: { id: post.author.id, name: post.author.name },
    publishedAt: post.publishedAt?.toISOString() ?? null,
    createdAt: post.createdAt.toISOString(),
    updatedAt: post.updatedAt.toISOString(),
  }
}

function presentListed(post: ListedPost) {
  return { ...present(post), commentCount: post._count.comments }
}

function presentFound(post: FoundPost) {
  return { ...present(post), tags: post.tags, rank: post.rank, highlights: post.highlights }
}

function presentWhole(post: PostWithComments) {
  return {
    ...present(post),
    tags: post.tags,
    commentCount: post._count.comments,
    comments: post.comments.map(presentComment),
  }
}

function presentComment({ id, content, createdAt, author }: WrittenComment) {
  return { id, content, createdAt: createdAt.toISOString(), author }
}
