import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { commands } from './commands/index.ts'
import { main } from './main.ts'

const root = process.cwd()
let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'substrata-cli-'))
  process.chdir(directory)
  for (const name of ['DATABASE_URL', 'MIGRATE_DATABASE_URL', 'SHADOW_DATABASE_URL']) vi.stubEnv(name, '')
})

afterEach(() => {
  vi.unstubAllEnvs()
  process.chdir(root)
  rmSync(directory, { recursive: true })
})

/** Runs a command line in this process and catches what it prints. */
async function substrata(...args: string[]) {
  const printed = { stdout: '', stderr: '' }
  const into = (stream: 'stdout' | 'stderr') => (text: unknown) => {
    printed[stream] += String(text)
    return true
  }
  const line = (stream: 'stdout' | 'stderr') => (value: unknown) =>
    into(stream)(`${value instanceof Error ? value.stack : String(value)}\n`)
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(into('stdout')),
    vi.spyOn(process.stderr, 'write').mockImplementation(into('stderr')),
    vi.spyOn(console, 'log').mockImplementation(line('stdout')),
    vi.spyOn(console, 'error').mockImplementation(line('stderr')),
  ]
  try {
    return { code: await main(args), ...printed }
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
}

it('shows every command, the exit codes and examples', async () => {
  const { code, stdout, stderr } = await substrata('--help')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toContain('Exit codes: 0 done')
  for (const { name } of commands) expect(stdout).toContain(name.split(' ')[0])
})

it.each(commands.filter(({ passThrough }) => !passThrough).map((each) => [each.name, each] as const))(
  'shows help with examples for %s',
  async (name, { examples, summary }) => {
    const { code, stdout } = await substrata(...name.split(' '), '--help')
    expect(code).toBe(0)
    expect(stdout).toContain(summary.slice(0, 40))
    for (const [line] of examples) expect(stdout).toContain(line)
    expect(stdout).toContain('--json')
  },
)

it.each([['nope'], ['migrate nope'], ['migrate deploy --nope'], ['migrate deploy extra'], ['migrate'], ['']])(
  'ends with 2 on a command line that it does not understand: %s',
  async (line) => {
    const args = line.split(' ').filter(Boolean)
    expect(await substrata(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining('SUB_USAGE') })
  },
)

it('prints one JSON document, also of an error', async () => {
  const { code, stdout, stderr } = await substrata('migrate', 'deploy', '--nope', '--json')
  expect({ code, stderr }).toEqual({ code: 2, stderr: '' })
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'SUB_USAGE', message: expect.stringContaining('--nope') } })
})

it('says what failed with a code and no stack, unless asked', async () => {
  const missing = await substrata('migrate', 'deploy')
  expect(missing).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('SUB_CLI_SCHEMA_NOT_FOUND') })
  expect(missing.stderr).not.toMatch(/^ +at /m)
  expect((await substrata('migrate', 'deploy', '--debug')).stderr).toMatch(/^ +at /m)
})

it('reads schema, configuration and URL as Prisma does', async () => {
  const status = async () => JSON.parse((await substrata('migrate', 'status', '--json')).stdout).error
  writeFileSync('schema.prisma', 'datasource db {\n  provider = "postgresql"\n}\n')
  expect(await status()).toMatchObject({ code: 'SUB_DATABASE_URL_MISSING' })
  for (const url of ['nonsense', 'mysql://localhost/app']) {
    vi.stubEnv('DATABASE_URL', url)
    expect(await status()).toMatchObject({ code: 'SUB_DATABASE_URL_INVALID' })
  }

  const url = (port: number) => `postgresql://app:hidden@127.0.0.1:${port}/app`
  vi.stubEnv('DATABASE_URL', url(1))
  expect(await status()).toMatchObject({ details: { prismaCode: 'P1001', port: 1 } })
  writeFileSync('prisma.config.ts', `export default { datasource: { url: '${url(2)}' } }\n`)
  expect(await status()).toMatchObject({ details: { port: 2 } })
  vi.stubEnv('MIGRATE_DATABASE_URL', url(3))
  const unreachable = await substrata('migrate', 'status', '--debug')
  expect(unreachable.stderr).toContain('127.0.0.1:3')
  expect(unreachable.stderr).not.toContain('hidden')

  writeFileSync('prisma.config.ts', 'export default { schema: 5 }\n')
  expect(await status()).toMatchObject({ code: 'SUB_PRISMA_CONFIG' })
})

it('starts from its launcher, without colour where no terminal is, and hands Prisma’s exit code on', () => {
  const launcher = fileURLToPath(new URL('../../bin/substrata.mjs', import.meta.url))
  const start = (...args: string[]) => spawnSync(process.execPath, [launcher, ...args], { encoding: 'utf8' })
  expect(start('nope')).toMatchObject({ status: 2, stderr: expect.stringMatching(/^Error SUB_USAGE/) })
  const invalid = start('prisma', 'validate', '--schema', 'nowhere.prisma', '--json')
  expect(invalid).toMatchObject({ status: 1, stderr: expect.not.stringContaining('SUB_') })
})
