import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestDatabase } from 'substrata/testing'
import { useTestDatabase } from 'substrata/testing/vitest'

export { type Db, openPeople } from './open-people.ts'

/** A database with the tables of the bulk writes' schema. */
export function usePeopleDatabase(): TestDatabase {
  return useTestDatabase({ setup: readFileSync(join(import.meta.dirname, 'setup.sql'), 'utf8') })
}
