/** Pages, search and analytics on a million posts, against the seed's queries, Prisma's, and SQL by hand. */
import type { CaseDefinition, RatioDefinition, Suite } from '../../harness/suite.ts'
import { millionPosts } from './database.ts'

const throughput = { kind: 'throughput', callers: 16, milliseconds: 1_000 } as const
const few = { kind: 'duration', calls: 5 } as const
const once = { kind: 'duration', calls: 20 } as const
const often = { kind: 'duration', calls: 500 } as const

const cases: CaseDefinition[] = [
  { name: 'page 1', module: 'page/substrata', options: { page: 1 }, measure: often },
  { name: 'page 10000', module: 'page/substrata', options: { page: 10_000 }, measure: often },
  { name: 'offset 200000', module: 'page/offset', options: { offset: 200_000 }, measure: once },
  { name: 'pages', module: 'page/substrata', measure: throughput },
  { name: 'pages, pg', module: 'page/pg', measure: throughput },
  { name: 'pages, Prisma', module: 'page/prisma', measure: throughput },
  { name: 'rare word', module: 'search/substrata', options: { order: 'newest' }, measure: often },
  { name: 'rare word, ILIKE', module: 'search/ilike', measure: few },
  {
    name: 'common word, newest',
    module: 'search/substrata',
    options: { common: true, order: 'newest' },
    measure: often,
  },
  { name: 'common word, ILIKE', module: 'search/ilike', options: { common: true }, measure: often },
  { name: 'common word, ranked', module: 'search/substrata', options: { common: true, order: 'rank' }, measure: once },
  { name: 'common word, all ranked', module: 'search/all-ranked', options: { common: true }, measure: few },
  { name: 'searches', module: 'search/substrata', options: { order: 'rank' }, measure: throughput },
  { name: 'searches, pg', module: 'search/pg', measure: throughput },
  { name: 'searches, all ranked', module: 'search/all-ranked', measure: throughput },
  { name: 'statistics', module: 'analytics/view', measure: often },
  { name: 'statistics, rows', module: 'analytics/rows', measure: few },
  { name: 'active users', module: 'active/substrata', measure: once },
  { name: 'active users, seed', module: 'active/seed', measure: once },
]

const ratios: RatioDefinition[] = [
  { name: 'page-10000-vs-page-1', of: 'page 10000', to: 'page 1', target: 1.2, better: 'lower' },
  { name: 'page-vs-offset-at-200000', of: 'offset 200000', to: 'page 10000', target: 50, better: 'higher' },
  { name: 'page-vs-sql', of: 'pages', to: 'pages, pg', target: 0.85, better: 'higher' },
  { name: 'page-vs-prisma', of: 'pages', to: 'pages, Prisma', target: 2, better: 'higher' },
  { name: 'search-rare-vs-ilike', of: 'rare word, ILIKE', to: 'rare word', target: 100, better: 'higher' },
  {
    name: 'search-common-newest-vs-ilike',
    of: 'common word, ILIKE',
    to: 'common word, newest',
    target: 1,
    better: 'higher',
  },
  {
    name: 'search-common-rank-ms-vs-uncapped',
    of: 'common word, ranked',
    to: 'common word, all ranked',
    target: 0.3,
    better: 'lower',
  },
  { name: 'search-vs-sql', of: 'searches', to: 'searches, pg', target: 0.85, better: 'higher' },
  { name: 'search-vs-sql-all-ranked', of: 'searches', to: 'searches, all ranked', better: 'higher' },
  { name: 'analytics-view-vs-raw', of: 'statistics, rows', to: 'statistics', target: 50, better: 'higher' },
  { name: 'active-users-vs-seed', of: 'active users, seed', to: 'active users', target: 10, better: 'higher' },
]

export const suite: Suite = {
  summary: 'pages, search and analytics on a million posts, against SQL by hand and the queries people write first',
  setup: millionPosts,
  cases,
  ratios,
}
