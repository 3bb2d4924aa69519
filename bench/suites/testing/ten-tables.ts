import { join } from 'node:path'
import { benchRoot } from '../../harness/root.ts'

/** Prisma's migrations directory of a schema with ten tables. */
export const TEN_TABLES = join(benchRoot, 'suites/testing/migrations')
