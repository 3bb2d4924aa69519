/** Pages, search and analytics on a million posts, against the seed's queries, Prisma's, and SQL by hand. */
import type { CaseDefinition, RatioDefinition, Suite } from '../../harness/suite.ts'
import { millionPosts } from './database.ts'

const throughput = { kind: 'throughput', callers: 16, milliseconds: 1_000 } as const
const once = { kind: 'duration', calls: 20 } as const

const cases: CaseDefinition[] = [
  { name: 'offset 200000', module: 'page/offset', options: { offset: 200_000 }, measure: once },
  { name: 'pages, pg', module: 'page/pg', measure: throughput },
  { name: 'pages, Prisma', module: 'page/prisma', measure: throughput },
  { name: 'active users', module: 'active/substrata', measure: once },
  { name: 'active users, seed', module: 'active/seed', measure: once },
]

const ratios: RatioDefinition[] = [
  { name: 'active-users-vs-seed', of: 'active users, seed', to: 'active users', target: 10, better: 'higher' },
]

export const suite: Suite = {
  summary: 'pages, search and analytics on a million posts, against SQL by hand and the queries people write first',
  setup: millionPosts,
  cases,
  ratios,
}
