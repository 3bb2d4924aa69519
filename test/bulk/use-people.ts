import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ConfigInput, defineConfig, type Substrata, substrata } from 'substrata'
import type { TestDatabase } from 'substrata/testing'
import { useTestDatabase } from 'substrata/testing/vitest'
import { PrismaClient } from './generated/prisma/client.ts'
import { type Schema, schema } from './generated/substrata/index.ts'

export type Db = Substrata<PrismaClient, Schema>

export function usePeopleDatabase(): TestDatabase {
  return useTestDatabase({ setup: readFileSync(join(import.meta.dirname, 'setup.sql'), 'utf8') })
}

export function openPeople(url: string, config: ConfigInput = {}): Promise<Db> {
  return substrata(PrismaClient, {
    schema,
    config: defineConfig({ environment: 'test', maxConnections: 12, ...config, url }, {}),
  })
}
