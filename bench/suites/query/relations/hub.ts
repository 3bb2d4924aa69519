/** Two models with the same columns, one of which has 300 relations. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { SchemaMeta } from 'substrata'
import { benchRoot } from '../../../harness/root.ts'

const RELATIONS = 300
const ROWS = 1_000

const sides = Array.from({ length: RELATIONS }, (_, i) => i)

// Prisma's older generator writes JavaScript, so nothing has to be compiled.
const text = `generator client {
  provider = "prisma-client-js"
  output   = "../client"
}

datasource db {
  provider = "postgresql"
}

model Alone {
  id   Int    @id
  name String
}

model Hub {
  id   Int    @id
  name String
${sides.map((i) => `  side${i} Side${i}[]`).join('\n')}
}

${sides.map((i) => `model Side${i} {\n  id Int @id\n  hubId Int\n  hub Hub @relation(fields: [hubId], references: [id])\n}`).join('\n\n')}
`

const configuration = `import { defineConfig } from 'prisma/config'

export default defineConfig({ schema: 'prisma/schema.prisma' })
`

const folder = join(benchRoot, 'generated/relations')
const schemaPath = join(folder, 'prisma/schema.prisma')

/** The tables of both models, with rows in them. */
export const HUB_TABLES = `
CREATE TABLE "Alone" (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE "Hub" (id integer PRIMARY KEY, name text NOT NULL);
${sides.map((i) => `CREATE TABLE "Side${i}" (id integer PRIMARY KEY, "hubId" integer NOT NULL REFERENCES "Hub");`).join('\n')}
INSERT INTO "Alone" SELECT id, 'Row ' || id FROM generate_series(1, ${ROWS}) id;
INSERT INTO "Hub" SELECT * FROM "Alone";
GRANT SELECT ON "Alone", "Hub" TO PUBLIC;
ANALYZE "Alone", "Hub"`

/** Generates Prisma's client of the schema, unless it is there. Takes some fifteen seconds: its types are forty megabytes. */
export function generateHub(): void {
  const stamp = join(folder, '.stamp')
  const lock = readFileSync(join(benchRoot, '../package-lock.json'))
  const digest = createHash('sha256').update(lock).update(text).digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return
  mkdirSync(join(folder, 'prisma'), { recursive: true })
  writeFileSync(schemaPath, text)
  writeFileSync(join(folder, 'prisma.config.ts'), configuration)
  const command = [join(benchRoot, '../bin/substrata.mjs'), 'prisma', 'generate', '--no-hints']
  const { status, stderr } = spawnSync(process.execPath, command, { cwd: folder, encoding: 'utf8' })
  if (status !== 0)
    throw new Error(`Prisma's client of the schema with ${RELATIONS} relations was not generated: ${stderr}`)
  writeFileSync(stamp, digest)
}

export interface HubRow {
  readonly id: number
  readonly name: string
}

interface HubModel {
  findFirst(args: { readonly where: { readonly id: number } }): Promise<HubRow | null>
}

export interface HubClient {
  readonly alone: HubModel
  readonly hub: HubModel
  $disconnect(): Promise<void>
}

type HubClientClass = new (options: { readonly adapter: object }) => HubClient

export async function hubClient(): Promise<HubClientClass> {
  const { default: generated } = await import(pathToFileURL(join(folder, 'client/index.js')).href)
  return generated.PrismaClient
}

/** The metadata that the generator would write. */
export async function hubSchema(): Promise<SchemaMeta> {
  const { loadSchema } = await import(pathToFileURL(join(benchRoot, '../dist/schema/index.js')).href)
  return loadSchema({ schemaPath }).schema
}

export function hubIds(): () => number {
  let next = 0
  return () => {
    next = (next + 7) % ROWS
    return next + 1
  }
}
