import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { answers, Id, nullable } from './schemas.ts'

const Statistics = Type.Object({
  userCount: Type.Integer(),
  postCount: Type.Integer(),
  commentCount: Type.Integer(),
  topAuthors: Type.Array(
    Type.Object({ id: Id, name: nullable(Type.String()), email: Type.String(), postCount: Type.Integer() }),
  ),
})

export const statisticsRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/statistics',
    {
      schema: {
        tags: ['statistics'],
        summary: 'How much there is, at one moment',
        response: answers({ 200: Statistics }),
      },
    },
    async ({ services }) => {
      const { topAuthors, ...counts } = await services.bulk.getUserStatistics()
      return {
        ...counts,
        topAuthors: topAuthors.map(({ _count, ...author }) => ({ ...author, postCount: _count.posts })),
      }
    },
  )
}
