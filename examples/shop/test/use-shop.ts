import { join } from 'node:path'
import type { ConfigInput } from 'substrata'
import type { TestDatabase } from 'substrata/testing'
import { useTestDatabase } from 'substrata/testing/vitest'
import { afterAll, beforeAll } from 'vitest'
import { DatabaseClientFactory, type ShopClient } from '../src/services/database-client-factory.ts'
import { DatabaseConfigFactory } from '../src/services/database-config-factory.ts'

export interface Shop {
  readonly database: TestDatabase
  /** Connected as the application is: as a role that owns nothing. */
  readonly prisma: ShopClient
}

/** A database of the shop for the test file that calls it, and a client of it. */
export function useShop(): Shop {
  const database = useTestDatabase({ migrations: join(import.meta.dirname, '../prisma/migrations') })
  let prisma: ShopClient
  beforeAll(async () => {
    prisma = await openShop({ url: database.url, maxConnections: 10 })
  })
  afterAll(() => prisma.$close())
  return {
    database,
    get prisma() {
      return prisma
    },
  }
}

/** A client as the shop's own, with limits of the test's. */
export function openShop(limits: ConfigInput): Promise<ShopClient> {
  return DatabaseClientFactory.create(DatabaseConfigFactory.create('test', {}, limits), silent)
}

const silent = { debug: () => {}, warn: () => {} }
