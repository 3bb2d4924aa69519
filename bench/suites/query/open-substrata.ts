import { defineConfig, type Substrata, substrata } from 'substrata'
import { PrismaClient } from '../../generated/prisma/client.ts'
import { type Schema, schema } from '../../generated/substrata/index.ts'
import { CONNECTIONS } from '../peers/connections.ts'

/** Our client, with as many connections as the peers get. */
export function openSubstrata(url: string): Promise<Substrata<PrismaClient, Schema>> {
  const config = defineConfig({ url, environment: 'production', maxConnections: CONNECTIONS }, {})
  return substrata(({ adapter }) => new PrismaClient({ adapter }), { schema, config })
}
