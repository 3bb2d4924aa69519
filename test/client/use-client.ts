import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestDatabase } from 'substrata/testing'
import { useTestDatabase } from 'substrata/testing/vitest'

export { type ClientOptions, type Db, openClient, openStock } from './open-client.ts'

/** A database with the tables of the client's tests. */
export function useClientDatabase(): TestDatabase {
  return useTestDatabase({ setup: readFileSync(join(import.meta.dirname, 'setup.sql'), 'utf8') })
}
