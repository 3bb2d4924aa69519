import { join } from 'node:path'
import { type ConfigInput, defineConfig, type Substrata, substrata } from 'substrata'
import type { TestDatabase } from 'substrata/testing'
import { useTestDatabase } from 'substrata/testing/vitest'
import { afterAll, beforeAll } from 'vitest'
import { PrismaClient } from './generated/prisma/client.ts'
import { type Schema, schema } from './generated/substrata/index.ts'

export type Db = Substrata<PrismaClient, Schema>

export interface SearchDatabase {
  readonly database: TestDatabase
  /** Connected as a role that owns nothing. */
  readonly db: Db
}

/** A database of texts, and a client of it. */
export function useSearch(): SearchDatabase {
  const database = useTestDatabase({ migrations: join(import.meta.dirname, 'prisma/migrations') })
  let db: Db
  beforeAll(async () => {
    db = await openSearch({ url: database.url })
  })
  afterAll(() => db.$close())
  return {
    database,
    get db() {
      return db
    },
  }
}

export function openSearch(config: ConfigInput): Promise<Db> {
  return substrata(PrismaClient, { schema, config: defineConfig({ environment: 'test', ...config }, {}) })
}
