import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { full } from '../rounds.ts'
import { createPrismaProject, type PrismaProject } from './project.ts'

const SCHEMA = `datasource db {
  provider = "postgresql"
}

generator client {
  provider = "prisma-client"
  output   = "../generated/prisma"
}

generator substrata {
  provider = "substrata"
  output   = "../generated/substrata"
}

model User {
  id Int @id
}
`

/** A network namespace of its own has no network at all; where it may not be made, only a dead proxy stands in the way. */
const cutOff = ['unshare', '--net']
const canCut = spawnSync(cutOff[0]!, [...cutOff.slice(1), 'true']).status === 0

let project: PrismaProject

beforeAll(() => {
  project = createPrismaProject({ schema: SCHEMA })
})

afterAll(() => project[Symbol.dispose]())

it('generates with the network cut off, Prisma’s client and our metadata', { timeout: 60_000 }, async () => {
  const run = await project.substrata(['prisma', 'generate'], { prefix: canCut ? cutOff : [] })
  expect(run).toMatchObject({ code: 0 })
  expect(run.stdout).toContain('Generated Substrata to ./generated/substrata')
  expect(project.list('generated/prisma')).toContain('client.ts')
  expect(project.list('generated/substrata')).toEqual(['index.ts'])
})

it('validates and formats the schema', { timeout: 60_000 }, async () => {
  const prefix = canCut ? cutOff : []
  expect(await project.substrata(['prisma', 'validate'], { prefix })).toMatchObject({ code: 0 })
  expect(await project.substrata(['prisma', 'format', '--check'], { prefix })).toMatchObject({ code: 0 })
})

it('names the engine that Prisma runs on', { timeout: 60_000 }, async () => {
  const run = await project.substrata(['prisma', '--version'], { prefix: canCut ? cutOff : [] })
  expect(run.stdout).toMatch(/Schema Engine\s+: schema-engine-cli [0-9a-f]{40} \(at .*schema-engine\.mjs/)
})

it.runIf(full)('starts the engine through Node where scripts are no programs', { timeout: 60_000 }, async () => {
  const bin = fileURLToPath(new URL('../../bin', import.meta.url))
  const engine = join(bin, `schema-engine.no-program.${process.pid}.mjs`)
  copyFileSync(join(bin, 'schema-engine.mjs'), engine)
  chmodSync(engine, 0o644)
  try {
    const diff = ['prisma', 'migrate', 'diff', '--from-empty', '--to-schema', 'prisma/schema.prisma', '--script']
    const env = { PRISMA_SCHEMA_ENGINE_BINARY: engine }
    expect((await project.substrata(diff, { env })).stdout).not.toContain('CREATE TABLE')
    const preloaded = { ...env, NODE_OPTIONS: `--require "${join(bin, 'spawn-engine.cjs')}"` }
    expect((await project.substrata(diff, { env: preloaded })).stdout).toContain('CREATE TABLE "User"')
  } finally {
    rmSync(engine)
  }
})
