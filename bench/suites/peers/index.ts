/** The baseline: what raw `pg` does, and what each layer above a driver costs today. */
import { blogDatabase } from '../../blog/database.ts'
import type { CaseDefinition, RatioDefinition, Suite } from '../../harness/suite.ts'

const measure = { kind: 'throughput', callers: 16, milliseconds: 1000 } as const

/** Named statements are what a careful user of `pg` writes, so they are the yardstick. */
const YARDSTICK = 'pg named'

const findUnique: CaseDefinition[] = [
  { name: 'findUnique, pg named', module: 'find-unique/pg', options: { named: true }, measure },
  { name: 'findUnique, pg unnamed', module: 'find-unique/pg', options: { named: false }, measure },
  { name: 'findUnique, postgres.js', module: 'find-unique/postgres-js', measure },
  { name: 'findUnique, Kysely', module: 'find-unique/kysely', measure },
  { name: 'findUnique, Drizzle', module: 'find-unique/drizzle', options: { prepared: false }, measure },
  { name: 'findUnique, Drizzle prepared', module: 'find-unique/drizzle', options: { prepared: true }, measure },
  { name: 'findUnique, Prisma', module: 'find-unique/prisma', options: { operation: 'findUnique' }, measure },
  { name: 'findUnique, Prisma findFirst', module: 'find-unique/prisma', options: { operation: 'findFirst' }, measure },
]

const findMany: CaseDefinition[] = [
  { name: 'page with authors, pg named', module: 'find-many/pg', options: { named: true }, measure },
  { name: 'page with authors, pg unnamed', module: 'find-many/pg', options: { named: false }, measure },
  { name: 'page with authors, postgres.js', module: 'find-many/postgres-js', measure },
  { name: 'page with authors, Kysely', module: 'find-many/kysely', measure },
  { name: 'page with authors, Drizzle', module: 'find-many/drizzle', options: { prepared: false }, measure },
  { name: 'page with authors, Drizzle prepared', module: 'find-many/drizzle', options: { prepared: true }, measure },
  { name: 'page with authors, Prisma query', module: 'find-many/prisma', options: { strategy: 'query' }, measure },
  { name: 'page with authors, Prisma join', module: 'find-many/prisma', options: { strategy: 'join' }, measure },
]

/** Every other case of the workload to the yardstick. */
function ratios(workload: string, cases: readonly CaseDefinition[]): RatioDefinition[] {
  const to = `${workload}, ${YARDSTICK}`
  return cases
    .filter(({ name }) => name !== to)
    .map(({ name }) => ({ name: `${name} / ${YARDSTICK}`, of: name, to, better: 'higher' }))
}

export const suite: Suite = {
  summary: 'the baseline: pg, postgres.js, Kysely, Drizzle and Prisma, 16 callers',
  setup: blogDatabase,
  cases: [...findUnique, ...findMany],
  ratios: [...ratios('findUnique', findUnique), ...ratios('page with authors', findMany)],
}
