import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { type ConfigInput, substrata } from 'substrata'
import type { TestDatabase } from 'substrata/testing'
import { useTestDatabase } from 'substrata/testing/vitest'
import { afterAll, beforeAll } from 'vitest'
import { PrismaClient } from '../generated/prisma/client.ts'
import { schema } from '../generated/substrata/index.ts'
import { signToken } from '../src/http/tokens.ts'
import { assumableRoles, roles } from '../src/roles.ts'
import { DatabaseClientFactory, type ShopClient } from '../src/services/database-client-factory.ts'
import { DatabaseConfigFactory } from '../src/services/database-config-factory.ts'

export interface Shop {
  readonly database: TestDatabase
  /** As the shop opens it: connected as a role that owns nothing, in no context. */
  readonly db: ShopClient
  /** The same for an admin, who sees every row. */
  readonly prisma: ShopClient
}

/** A database of the shop for the test file that calls it, and a client of it. */
export function useShop(): Shop {
  const database = useTestDatabase({
    roles: assumableRoles,
    migrations: join(import.meta.dirname, '../prisma/migrations'),
  })
  let db: ShopClient
  beforeAll(async () => {
    db = await openShop({ url: database.url, maxConnections: 10 })
  })
  afterAll(() => db.$close())
  return {
    database,
    get db() {
      return db
    },
    get prisma() {
      return asAdmin(db)
    },
  }
}

/** A client as the shop's own, with limits of the test's. */
export function openShop(limits: ConfigInput): Promise<ShopClient> {
  return DatabaseClientFactory.create(DatabaseConfigFactory.create('test', {}, limits), silent)
}

/** A client that has not asked its database whether policies hold, for databases that do not answer. */
export function openUnanswered(limits: ConfigInput): Promise<ShopClient> {
  const config = DatabaseConfigFactory.create('test', {}, limits)
  return substrata(PrismaClient, { schema, config, logger: silent, checkRowSecurity: false })
}

/** The client of somebody who sees every row. */
export function asAdmin(db: ShopClient): ShopClient {
  return db.$as({ role: roles.admin })
}

export const tokenKey = new Uint8Array(randomBytes(32))

/** The header of somebody of this shop; a new token each time, since one is good for one write. */
export async function tokenOf(userId: string, { admin = false } = {}): Promise<{ authorization: string }> {
  return { authorization: `Bearer ${await signToken(tokenKey, { userId, admin })}` }
}

const silent = { debug: () => {}, warn: () => {} }
