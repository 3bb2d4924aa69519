import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { answers, Day, strict } from './schemas.ts'

const DailyStats = Type.Object({
  date: Day,
  postCount: Type.Integer(),
  uniqueAuthors: Type.Integer(),
  avgContentLength: Type.Number(),
})

export const analyticsRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/analytics/posts',
    {
      schema: {
        tags: ['analytics'],
        summary: 'Published posts by day of UTC, both days included',
        querystring: strict({ from: Day, to: Day }),
        response: answers({ 200: Type.Object({ dailyStats: Type.Array(DailyStats) }) }, 400),
      },
    },
    async ({ query: { from, to }, services }) => {
      const { dailyStats } = await services.queries.getPostAnalytics(
        new Date(`${from}T00:00:00.000Z`),
        new Date(`${to}T23:59:59.999Z`),
      )
      return { dailyStats: dailyStats.map((day) => ({ ...day, date: day.date.toISOString().slice(0, 10) })) }
    },
  )
}
