/** Prisma's calls on the direct path against `pg`, Prisma itself and the layers that people choose for speed. */
import type { CaseDefinition, RatioDefinition, Suite } from '../../harness/suite.ts'
import { queryDatabase } from './database.ts'
import { SHAPES } from './shapes/shapes.ts'

const measure = { kind: 'throughput', callers: 16, milliseconds: 1_000 } as const
const crowd = { ...measure, callers: 128 }
const peers = '../peers'

const cases: CaseDefinition[] = [
  { name: 'findFirst', module: 'find-first/substrata', options: { operation: 'findFirst' }, measure },
  {
    name: 'findFirst in a context',
    module: 'find-first/substrata',
    options: { operation: 'findFirst', context: true },
    measure,
  },
  { name: 'findUnique', module: 'find-first/substrata', options: { operation: 'findUnique' }, measure },
  { name: 'findFirst, pg', module: `${peers}/find-unique/pg`, options: { named: true }, measure },
  { name: 'findFirst, postgres.js', module: `${peers}/find-unique/postgres-js`, measure },
  { name: 'findFirst, Kysely', module: `${peers}/find-unique/kysely`, measure },
  { name: 'findFirst, Drizzle', module: `${peers}/find-unique/drizzle`, options: { prepared: false }, measure },
  { name: 'findFirst, Drizzle prepared', module: `${peers}/find-unique/drizzle`, options: { prepared: true }, measure },
  { name: 'findFirst, Prisma', module: `${peers}/find-unique/prisma`, options: { operation: 'findFirst' }, measure },
  { name: 'findFirst, 128', module: 'find-first/substrata', options: { operation: 'findFirst' }, measure: crowd },
  { name: 'findFirst, 128, pg', module: `${peers}/find-unique/pg`, options: { named: true }, measure: crowd },

  { name: 'include20', module: 'page/substrata', measure },
  { name: 'include20, pg', module: `${peers}/find-many/pg`, options: { named: true }, measure },
  { name: 'include20, postgres.js', module: `${peers}/find-many/postgres-js`, measure },
  { name: 'include20, Kysely', module: `${peers}/find-many/kysely`, measure },
  { name: 'include20, Drizzle prepared', module: `${peers}/find-many/drizzle`, options: { prepared: true }, measure },
  { name: 'include20, Prisma query', module: `${peers}/find-many/prisma`, options: { strategy: 'query' }, measure },
  { name: 'include20, Prisma join', module: `${peers}/find-many/prisma`, options: { strategy: 'join' }, measure },

  { name: 'deep3', module: 'deep/substrata', measure },
  { name: 'deep3, Prisma query', module: 'deep/prisma', options: { strategy: 'query' }, measure },
  { name: 'deep3, Prisma join', module: 'deep/prisma', options: { strategy: 'join' }, measure },

  ...['substrata', 'prisma'].flatMap((peer) =>
    [0, 300].map(
      (relations): CaseDefinition => ({
        name: `${relations} relations${peer === 'prisma' ? ', Prisma' : ''}`,
        module: `relations/${peer}`,
        options: { relations },
        measure,
      }),
    ),
  ),

  { name: 'create', module: 'create/substrata', measure },
  { name: 'create, pg', module: 'create/pg', measure },
  { name: 'create, Prisma', module: 'create/prisma', measure },

  {
    name: 'first call',
    module: 'find-first/substrata',
    options: { operation: 'findFirst' },
    measure: { kind: 'startup' },
  },
  {
    name: 'first call, Prisma',
    module: `${peers}/find-unique/prisma`,
    options: { operation: 'findFirst' },
    measure: { kind: 'startup' },
  },
  {
    name: 'shapes',
    module: 'shapes/substrata',
    // Once through all shapes first: from there on the heap should be as full as it ever is.
    measure: { kind: 'memory', calls: 1_000_000, callers: 16, warmUp: SHAPES },
    rounds: 1,
  },
]

const ratios: RatioDefinition[] = [
  { name: 'findFirst-vs-pg', of: 'findFirst', to: 'findFirst, pg', target: 1.3, better: 'higher' },
  { name: 'findUnique-vs-pg', of: 'findUnique', to: 'findFirst, pg', target: 1.3, better: 'higher' },
  { name: 'findFirst-vs-pg-128', of: 'findFirst, 128', to: 'findFirst, 128, pg', target: 1.5, better: 'higher' },
  { name: 'findFirst-vs-prisma', of: 'findFirst', to: 'findFirst, Prisma', target: 5, better: 'higher' },
  {
    name: 'findFirst-vs-drizzle-prepared',
    of: 'findFirst',
    to: 'findFirst, Drizzle prepared',
    target: 1.3,
    better: 'higher',
  },
  { name: 'findFirst-vs-postgres-js', of: 'findFirst', to: 'findFirst, postgres.js', better: 'higher' },
  { name: 'findFirst-context-vs-none', of: 'findFirst in a context', to: 'findFirst', target: 0.8, better: 'higher' },
  { name: 'include20-vs-pg', of: 'include20', to: 'include20, pg', target: 0.95, better: 'higher' },
  { name: 'include20-vs-prisma', of: 'include20', to: 'include20, Prisma join', target: 2.3, better: 'higher' },
  { name: 'deep3-vs-prisma', of: 'deep3', to: 'deep3, Prisma query', target: 3, better: 'higher' },
  { name: 'deep3-vs-prisma-join', of: 'deep3', to: 'deep3, Prisma join', better: 'higher' },
  { name: 'create-vs-pg', of: 'create', to: 'create, pg', target: 0.9, better: 'higher' },
  { name: 'create-vs-prisma', of: 'create', to: 'create, Prisma', better: 'higher' },
  { name: 'first-call-vs-prisma', of: 'first call', to: 'first call, Prisma', target: 1, better: 'lower' },
  // Calls a second upside down: how much longer a read of the model with relations takes.
  { name: 'relations-300-vs-0', of: '0 relations', to: '300 relations', target: 1.1, better: 'lower' },
  {
    name: 'relations-300-vs-0, Prisma',
    of: '0 relations, Prisma',
    to: '300 relations, Prisma',
    better: 'lower',
  },
  { name: 'heap-growth-mib', of: 'shapes heap kept', target: 5, better: 'lower' },
]

export const suite: Suite = {
  summary: 'the direct path: reads, includes and creates against pg, Prisma and others, 16 callers',
  setup: queryDatabase,
  cases,
  ratios,
}
