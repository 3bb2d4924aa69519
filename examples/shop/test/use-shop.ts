import { join } from 'node:path'
import { createTestDatabase, type TestDatabase } from 'substrata/testing'
import { afterAll, beforeAll } from 'vitest'
import type { PrismaClient } from '../generated/prisma/client.ts'
import { DatabaseClientFactory } from '../src/services/database-client-factory.ts'

const migrations = join(import.meta.dirname, '../prisma/migrations')

export interface Shop {
  readonly prisma: PrismaClient
  readonly database: TestDatabase
}

/** A database of the shop for the file that calls it, and a client of it as the application connects. */
export function useShop(): Shop {
  let database: TestDatabase
  let prisma: PrismaClient
  beforeAll(async () => {
    database = await createTestDatabase({ migrations })
    prisma = DatabaseClientFactory.create({
      url: database.url,
      maxConnections: 10,
      queryTimeout: 30_000,
      enableLogging: false,
    })
  })
  afterAll(async () => {
    await prisma.$disconnect()
    await database.drop()
  })
  return {
    get prisma() {
      return prisma
    },
    get database() {
      return database
    },
  }
}
