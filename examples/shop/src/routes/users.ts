import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { UserWithActivity, UserWithProfile } from '../services/user-service.ts'
import { answers, EmailAddress, Id, IdParams, Instant, nullable, strict, text, WebAddress } from './schemas.ts'

const Profile = Type.Object({
  bio: nullable(Type.String()),
  avatar: nullable(Type.String()),
  location: nullable(Type.String()),
  website: nullable(Type.String()),
})

const User = Type.Object({
  id: Id,
  email: Type.String(),
  name: nullable(Type.String()),
  createdAt: Instant,
  updatedAt: Instant,
  profile: nullable(Profile),
  postCount: Type.Integer(),
  commentCount: Type.Integer(),
})

const ActiveUser = Type.Object({
  ...User.properties,
  posts: Type.Array(Type.Object({ id: Id, title: Type.String(), createdAt: Instant })),
})

const NewUser = strict({
  email: EmailAddress,
  name: Type.Optional(text(200)),
  profile: Type.Optional(
    strict({
      bio: Type.Optional(text(2_000)),
      avatar: Type.Optional(WebAddress),
      location: Type.Optional(text(200)),
      website: Type.Optional(WebAddress),
    }),
  ),
})

const ActiveQuery = strict({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  days: Type.Optional(Type.Integer({ minimum: 1, maximum: 365 })),
})

export const userRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/users/active',
    {
      schema: {
        tags: ['users'],
        summary: 'Users who published or commented in the last days',
        querystring: ActiveQuery,
        response: answers({ 200: Type.Object({ items: Type.Array(ActiveUser) }) }, 400),
      },
    },
    async ({ query, services }) => {
      const active = await services.users.getUsersWithRecentActivity(query.limit, query.days)
      return { items: active.map(presentActive) }
    },
  )

  app.get(
    '/users/:id',
    {
      schema: {
        tags: ['users'],
        summary: 'Yourself; for admins, any user',
        params: IdParams,
        response: answers({ 200: User }, 400, 404),
      },
    },
    async ({ params, services }) => present(await services.users.getUser(params.id)),
  )

  app.post(
    '/users',
    {
      schema: {
        tags: ['users'],
        summary: 'Sign up',
        body: NewUser,
        response: answers({ 201: User }, 400, 409),
      },
    },
    async ({ body, services, caller }, reply) => {
      const user = await services.users.createUser({
        ...body,
        ...(caller.userId !== undefined && { id: caller.userId }),
      })
      return reply.code(201).header('location', `/users/${user.id}`).send(present(user))
    },
  )
}

function present(user: UserWithProfile) {
  const { _count, createdAt, updatedAt, ...rest } = user
  return {
    ...rest,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    postCount: _count.posts,
    commentCount: _count.comments,
  }
}

function presentActive(user: UserWithActivity) {
  const posts = user.posts.map(({ id, title, createdAt }) => ({ id, title, createdAt: createdAt.toISOString() }))
  return { ...present(user), posts }
}
