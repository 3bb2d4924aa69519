import { join } from 'node:path'
import type { TestDatabase } from 'substrata/testing'
import { useTestDatabase } from 'substrata/testing/vitest'
import { afterAll, beforeAll } from 'vitest'
import type { PrismaClient } from '../generated/prisma/client.ts'
import { DatabaseClientFactory } from '../src/services/database-client-factory.ts'

export interface Shop {
  readonly database: TestDatabase
  /** Connected as the application is: as a role that owns nothing. */
  readonly prisma: PrismaClient
}

/** A database of the shop for the test file that calls it, and a client of it. */
export function useShop(): Shop {
  const database = useTestDatabase({ migrations: join(import.meta.dirname, '../prisma/migrations') })
  let prisma: PrismaClient
  beforeAll(() => {
    prisma = DatabaseClientFactory.create({
      url: database.url,
      maxConnections: 10,
      queryTimeout: 30_000,
      enableLogging: false,
    })
  })
  afterAll(() => prisma.$disconnect())
  return {
    database,
    get prisma() {
      return prisma
    },
  }
}
