/** Bulk writes against what people write by hand and with other layers. */
import type { CaseDefinition, RatioDefinition, Suite } from '../../harness/suite.ts'
import { ACCOUNTS, FEW_ACCOUNTS, IMPORTED } from './accounts.ts'
import { emptyDatabase } from './database.ts'

const measure = { kind: 'rate', calls: 1, items: ACCOUNTS, unit: 'rows/s' } as const
const whole = { ...measure, items: IMPORTED }
const imported = { rows: IMPORTED }
const few = { ...measure, items: FEW_ACCOUNTS }

const cases: CaseDefinition[] = [
  { name: 'upsert', module: 'upsert/substrata', measure },
  { name: 'upsert with outcome', module: 'upsert/substrata', options: { outcome: true }, measure },
  { name: 'upsert, pg unnest', module: 'upsert/pg-unnest', measure },
  { name: 'upsert, COPY and merge', module: 'upsert/copy-merge', measure },
  { name: 'upsert, Kysely', module: 'upsert/kysely', measure },
  { name: 'upsert, Drizzle', module: 'upsert/drizzle', measure },
  { name: 'upsert, Prisma loop', module: 'upsert/prisma-loop', measure: few },
  { name: 'upsert, Prisma createMany', module: 'upsert/prisma-create-many', measure },
  { name: 'createMany', module: 'create-many/substrata', measure },
  { name: 'createMany, Prisma', module: 'create-many/prisma', measure },
  { name: 'import', module: 'import/substrata', options: imported, measure: whole },
  { name: 'import, psql copy and merge', module: 'import/psql-copy', options: imported, measure: whole },
  { name: 'import memory', module: 'import/substrata', options: imported, measure: { kind: 'memory', calls: 1 } },
  { name: 'unchanged rows', module: 'unchanged-wal', measure: { kind: 'count', calls: 1, unit: 'MiB' } },
]

const ratios: RatioDefinition[] = [
  { name: 'upsert-vs-pg-unnest', of: 'upsert', to: 'upsert, pg unnest', target: 0.85, better: 'higher' },
  {
    name: 'upsert-outcome-vs-pg-unnest',
    of: 'upsert with outcome',
    to: 'upsert, pg unnest',
    target: 0.6,
    better: 'higher',
  },
  { name: 'upsert-vs-copy-merge', of: 'upsert', to: 'upsert, COPY and merge', better: 'higher' },
  { name: 'upsert-vs-kysely', of: 'upsert', to: 'upsert, Kysely', target: 1.3, better: 'higher' },
  { name: 'upsert-vs-drizzle', of: 'upsert', to: 'upsert, Drizzle', target: 4, better: 'higher' },
  { name: 'upsert-vs-prisma-loop', of: 'upsert', to: 'upsert, Prisma loop', target: 50, better: 'higher' },
  { name: 'upsert-vs-prisma-create-many', of: 'upsert', to: 'upsert, Prisma createMany', better: 'higher' },
  { name: 'create-many-vs-prisma', of: 'createMany', to: 'createMany, Prisma', better: 'higher' },
  { name: 'import-vs-copy-merge', of: 'import', to: 'import, psql copy and merge', target: 0.8, better: 'higher' },
  { name: 'import-peak-rss-mib', of: 'import memory', target: 200, better: 'lower' },
  { name: 'unchanged-wal-mib', of: 'unchanged rows', target: 0.5, better: 'lower' },
]

export const suite: Suite = {
  summary: 'bulk writes: 100,000 rows, half of them there already, against pg, COPY, Kysely, Drizzle and Prisma',
  setup: emptyDatabase,
  cases,
  ratios,
}
