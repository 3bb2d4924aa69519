import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { BulkOperationService } from '../services/bulk-operation-service.ts'
import { answers, Id, nullable } from './schemas.ts'

const Statistics = Type.Object({
  userCount: Type.Integer(),
  postCount: Type.Integer(),
  commentCount: Type.Integer(),
  topAuthors: Type.Array(
    Type.Object({ id: Id, name: nullable(Type.String()), email: Type.String(), postCount: Type.Integer() }),
  ),
})

export function statisticsRoutes(bulk: BulkOperationService): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/statistics',
      {
        schema: {
          tags: ['statistics'],
          summary: 'How much there is, at one moment',
          response: answers({ 200: Statistics }),
        },
      },
      async () => {
        const { topAuthors, ...counts } = await bulk.getUserStatistics()
        return {
          ...counts,
          topAuthors: topAuthors.map(({ _count, ...author }) => ({ ...author, postCount: _count.posts })),
        }
      },
    )
  }
}
