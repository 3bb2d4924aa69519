/** What the client costs and gains: beside Prisma as documented, with a context, in a crowd, beside slow neighbours. */
import { blogDatabase } from '../../blog/database.ts'
import type { Suite } from '../../harness/suite.ts'

const measure = { kind: 'throughput', callers: 16, milliseconds: 1000 } as const
const startup = { kind: 'startup' } as const
const percentiles = [50, 99] as const

export const suite: Suite = {
  summary: 'the client: beside Prisma, with a context, in a crowd, beside slow neighbours',
  setup: blogDatabase,
  cases: [
    { name: 'findFirst, Prisma', module: 'find-first', options: { client: 'stock' }, measure },
    { name: 'findFirst, runtime', module: 'find-first', options: { client: 'prisma' }, measure },
    {
      name: 'findFirst, runtime in a context',
      module: 'find-first',
      options: { client: 'prisma', context: true },
      measure,
    },
    { name: 'findFirst, direct', module: 'find-first', options: { client: 'direct' }, measure },
    {
      name: 'findFirst, direct in a context',
      module: 'find-first',
      options: { client: 'direct', context: true },
      measure,
    },
    { name: 'include20, Prisma', module: 'include', options: { client: 'stock' }, measure },
    { name: 'include20, runtime', module: 'include', options: { client: 'prisma' }, measure },
    { name: 'include20, direct', module: 'include', options: { client: 'direct' }, measure },
    { name: '64 callers, lanes', module: 'lane', options: { lanes: true }, measure: { ...measure, callers: 64 } },
    { name: '64 callers, pool', module: 'lane', options: { lanes: false }, measure: { ...measure, callers: 64 } },
    { name: 'fast reads', module: 'slow-neighbour', options: { neighbours: 0 }, measure: { ...measure, percentiles } },
    {
      name: 'fast reads beside slow ones',
      module: 'slow-neighbour',
      options: { neighbours: 4 },
      measure: { ...measure, percentiles },
    },
    { name: 'queue, uncontended', module: 'queue', options: { hurried: false }, measure: { ...measure, callers: 5 } },
    {
      name: 'queue, 1000 callers',
      module: 'queue',
      options: { hurried: true },
      measure: { ...measure, callers: 1000, percentiles: [50, 99, 100] },
    },
    { name: 'built, Prisma', module: 'startup', options: { client: 'stock' }, measure: startup },
    { name: 'built, Substrata', module: 'startup', options: { client: 'ours' }, measure: startup },
    { name: 'first call, Prisma', module: 'startup', options: { client: 'stock', asked: true }, measure: startup },
    { name: 'first call, Substrata', module: 'startup', options: { client: 'ours', asked: true }, measure: startup },
  ],
  ratios: [
    { name: 'findFirst-vs-prisma', of: 'findFirst, runtime', to: 'findFirst, Prisma', target: 1, better: 'higher' },
    { name: 'include20-vs-prisma', of: 'include20, runtime', to: 'include20, Prisma', target: 1, better: 'higher' },
    { name: 'findFirst-direct-vs-prisma', of: 'findFirst, direct', to: 'findFirst, Prisma', better: 'higher' },
    { name: 'include20-direct-vs-prisma', of: 'include20, direct', to: 'include20, Prisma', better: 'higher' },
    {
      name: 'context-vs-none',
      of: 'findFirst, runtime in a context',
      to: 'findFirst, runtime',
      target: 0.88,
      better: 'higher',
    },
    { name: 'context-vs-none-direct', of: 'findFirst, direct in a context', to: 'findFirst, direct', better: 'higher' },
    { name: 'lane-vs-pool', of: '64 callers, lanes', to: '64 callers, pool', target: 2, better: 'higher' },
    {
      name: 'slow-neighbour-p99',
      of: 'fast reads beside slow ones p99',
      to: 'fast reads p99',
      target: 1.5,
      better: 'lower',
    },
    { name: 'queue-shed', of: 'queue, 1000 callers', to: 'queue, uncontended', target: 0.9, better: 'higher' },
    { name: 'queue-latest-answer-ms', of: 'queue, 1000 callers p100', target: 150, better: 'lower' },
    { name: 'import-ms-over-prisma', of: 'built, Substrata', less: 'built, Prisma', target: 50, better: 'lower' },
    { name: 'first-call-vs-prisma', of: 'first call, Substrata', to: 'first call, Prisma', better: 'lower' },
  ],
}
