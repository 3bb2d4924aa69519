import { type ConfigInput, defineConfig, type Substrata, substrata } from 'substrata'
import { PrismaClient } from './generated/prisma/client.ts'
import { type Schema, schema } from './generated/substrata/index.ts'

export type Db = Substrata<PrismaClient, Schema>

export function openPeople(url: string, config: ConfigInput = {}): Promise<Db> {
  return substrata(PrismaClient, {
    schema,
    config: defineConfig({ environment: 'test', maxConnections: 12, ...config, url }, {}),
  })
}
