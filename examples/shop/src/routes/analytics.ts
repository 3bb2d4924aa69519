import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { answers, Day, Instant, nullable, strict } from './schemas.ts'

const DailyStats = Type.Object({
  date: Day,
  postCount: Type.Integer(),
  uniqueAuthors: Type.Integer(),
  avgContentLength: Type.Number(),
})

const Analytics = Type.Object({
  timeZone: Type.String(),
  source: Type.Union([Type.Literal('view'), Type.Literal('rows')], {
    description: 'Counted beforehand, at `refreshedAt`, or now',
  }),
  refreshedAt: nullable(Instant),
  dailyStats: Type.Array(DailyStats),
})

const TimeZone = Type.String({
  pattern: '^[A-Za-z][A-Za-z0-9_+/-]{0,63}$',
  examples: ['UTC', 'Europe/Berlin', 'America/New_York'],
})

export const analyticsRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/analytics/posts',
    {
      schema: {
        tags: ['analytics'],
        summary: 'Published posts by day, both days included',
        querystring: strict({ from: Day, to: Day, timeZone: Type.Optional(TimeZone) }),
        response: answers({ 200: Analytics }, 400),
      },
    },
    async ({ query: { from, to, timeZone }, services }) => {
      const { dailyStats, refreshedAt, ...rest } = await services.queries.getPostAnalytics(
        new Date(from),
        new Date(to),
        timeZone === undefined ? {} : { timeZone },
      )
      return {
        ...rest,
        refreshedAt: refreshedAt?.toISOString() ?? null,
        dailyStats: dailyStats.map((day) => ({ ...day, date: day.date.toISOString().slice(0, 10) })),
      }
    },
  )
}
