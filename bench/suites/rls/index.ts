/** What row-level security costs: beside no policies, beside Prisma's recipe, beside the same filter by hand. */
import type { Suite } from '../../harness/suite.ts'
import { invoices } from './database.ts'

const measure = { kind: 'throughput', callers: 16, milliseconds: 1000 } as const

export const suite: Suite = {
  summary: 'row-level security: beside no policies, Prisma’s recipe, and a filter by hand',
  setup: invoices,
  cases: [
    { name: 'findFirst, policy', module: 'find-first', options: { wall: 'policy' }, measure },
    { name: 'findFirst, policy, a client per read', module: 'find-first', options: { wall: 'request' }, measure },
    { name: 'findFirst, no policies', module: 'find-first', options: { wall: 'none' }, measure },
    { name: 'findFirst, Prisma’s recipe', module: 'find-first', options: { wall: 'recipe' }, measure },
    { name: 'list of 20, policy', module: 'list', options: { wall: 'policy' }, measure },
    { name: 'list of 20, where', module: 'list', options: { wall: 'none' }, measure },
    {
      name: 'round trips of a read',
      module: 'round-trips',
      measure: { kind: 'count', calls: 21, unit: 'round trips' },
    },
  ],
  ratios: [
    { name: 'rls-vs-none', of: 'findFirst, policy', to: 'findFirst, no policies', target: 0.85, better: 'higher' },
    {
      name: 'rls-client-per-read-vs-none',
      of: 'findFirst, policy, a client per read',
      to: 'findFirst, no policies',
      better: 'higher',
    },
    {
      name: 'rls-vs-prisma-recipe',
      of: 'findFirst, policy',
      to: 'findFirst, Prisma’s recipe',
      target: 6,
      better: 'higher',
    },
    { name: 'rls-vs-where', of: 'list of 20, policy', to: 'list of 20, where', target: 0.9, better: 'higher' },
    { name: 'round-trips-per-read', of: 'round trips of a read', target: 1, better: 'lower' },
  ],
}
