import { PrismaPg } from '@prisma/adapter-pg'
import { type ConfigInput, defineConfig, type Substrata, substrata } from 'substrata'
import { CONNECTIONS } from '../peers/connections.ts'
import { PrismaClient } from './generated/prisma/client.ts'
import { type Schema, schema } from './generated/substrata/index.ts'

/** Our client, with as many connections as the peers get. */
export function openSubstrata(url: string, settings: ConfigInput = {}): Promise<Substrata<PrismaClient, Schema>> {
  const config = defineConfig({ url, environment: 'production', maxConnections: CONNECTIONS, ...settings }, {})
  return substrata(PrismaClient, { schema, config })
}

/** Prisma as its documentation has it. */
export function openPrisma(url: string): PrismaClient {
  return new PrismaClient({ adapter: new PrismaPg({ connectionString: url, max: CONNECTIONS }) })
}
