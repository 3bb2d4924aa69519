import { PrismaPg } from '@prisma/adapter-pg'
import { defineConfig, type Substrata, substrata } from 'substrata'
import { aboveUrl } from './database.ts'
import { PrismaClient } from './generated/prisma/client.ts'
import { schema } from './generated/substrata/index.ts'
import { TENANTS } from './rows.ts'

const CONNECTIONS = 16

type Db = Substrata<PrismaClient>

/** A client for each tenant. */
export interface Tenants {
  of(tenantId: number): Db
  close(): Promise<void>
}

/** @param kept - Each made once; else anew whenever it is asked for, as an application makes one per request. */
export async function openTenants(url: string, kept = true): Promise<Tenants> {
  const db = await open(url)
  const make = (tenantId: number) => db.$as({ tenantId: `${tenantId}` })
  const clients = Array.from({ length: TENANTS }, (_, index) => make(index + 1))
  return { of: kept ? (tenantId) => clients[tenantId - 1]! : make, close: () => db.$close() }
}

/** A client to which row-level security is unknown: its schema says nothing of it, and its role is above the policies. */
export function openWithoutPolicies(url: string): Promise<Db> {
  const models = Object.fromEntries(
    Object.entries(schema.models).map(([name, model]) => [name, { ...model, annotations: {} }]),
  )
  return open(aboveUrl(url), { ...schema, models })
}

function open(url: string, meta: object = schema): Promise<Db> {
  const config = defineConfig({ environment: 'test', maxConnections: CONNECTIONS, url }, {})
  return substrata(PrismaClient, { schema: meta as typeof schema, config })
}

/** Prisma as its documentation has it. */
export function openPrisma(url: string): PrismaClient {
  return new PrismaClient({ adapter: new PrismaPg({ connectionString: url, max: CONNECTIONS }) })
}
