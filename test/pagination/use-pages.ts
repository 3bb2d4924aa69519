import { join } from 'node:path'
import { type ConfigInput, defineConfig, type Substrata, substrata } from 'substrata'
import type { TestDatabase } from 'substrata/testing'
import { useTestDatabase } from 'substrata/testing/vitest'
import { PrismaClient } from './generated/prisma/client.ts'
import { type Schema, schema } from './generated/substrata/index.ts'

export { schema }
export type Db = Substrata<PrismaClient, Schema>

/** A database with rows' tables for the test file that calls it. */
export function usePagesDatabase(): TestDatabase {
  return useTestDatabase({
    migrations: join(import.meta.dirname, 'prisma/migrations'),
    setup: 'CREATE VIEW labels AS SELECT label, count(*)::int AS items FROM items GROUP BY label',
  })
}

export function openPages(url: string, config: ConfigInput = {}): Promise<Db> {
  return substrata(PrismaClient, {
    schema,
    config: defineConfig({ environment: 'test', maxConnections: 5, ...config, url }, {}),
  })
}
