import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { processesOf, startProgram, until } from '../../../test/cluster-program.ts'
import { findBinaries } from './binaries.ts'
import { startCluster } from './cluster.ts'
import { cleanEnvironment } from './environment.ts'
import { memoryFolder } from './folders.ts'
import { isAlive } from './keeper/processes.mjs'
import { query } from './node.ts'
import { userOf } from './place.ts'
import { freePort } from './ports.ts'
import { chooseVersion } from './versions.ts'

let base: string
let directory: string
const strangers: ChildProcess[] = []

const temporary = () => {
  const folder = mkdtempSync(join(memoryFolder() ?? tmpdir(), 'directory test '))
  chmodSync(folder, 0o755)
  return folder
}
const template = temporary()
beforeAll(async () => {
  await (await startCluster({ directory: join(template, 'data'), durable: false })).stop()
})
afterAll(() => rmSync(template, { recursive: true, force: true }))

/** Puts a cluster that was stopped into the directory. */
function existing(): void {
  mkdirSync(dirname(directory), { recursive: true })
  execFileSync('cp', ['-a', join(template, 'data'), directory])
}

beforeEach(() => {
  base = temporary()
  directory = join(base, 'kept', 'my data')
})
afterEach(async () => {
  for (const stranger of strangers.splice(0)) stranger.kill('SIGKILL')
  await until(() => processesOf(base).length === 0)
  rmSync(base, { recursive: true, force: true })
})

/** A process that has nothing to do with the cluster and carries an id that a stale file names. */
function stranger(): number {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  strangers.push(child)
  return child.pid!
}

/** A server on the directory's data that no keeper knows of. */
async function orphan(): Promise<number> {
  const user = userOf(directory)
  const { postgres } = await findBinaries(chooseVersion(undefined), user)
  const data = join(directory, 'primary')
  const args = ['-D', data, '-p', `${await freePort()}`]
  const server = spawn(postgres, args, { ...user, cwd: '/', env: cleanEnvironment(), detached: true, stdio: 'ignore' })
  const file = join(data, 'postmaster.pid')
  await until(() => existsSync(file) && readFileSync(file, 'utf8').includes('ready'))
  return server.pid!
}

const start = (options: Parameters<typeof startCluster>[0] = {}) =>
  startCluster({ directory, durable: false, ...options })

it('keeps data and password, and leaves no process and no lock', async () => {
  const first = await start({ standbys: 1 })
  expect(first.directory).toBe(directory)
  await query(first.primary.url, 'CREATE TABLE kept AS SELECT 1 AS a')
  await first.stop()
  expect(processesOf(directory)).toEqual([])
  expect(readdirSync(directory).sort()).toEqual(['password', 'primary', 'primary.log', 'standby-1', 'standby-1.log'])
  expect(statSync(join(directory, 'password')).mode & 0o777).toBe(0o600)

  const second = await start({ standbys: 1 })
  const password = (url: string) => new URL(url).password
  expect(password(second.primary.url)).toBe(password(first.primary.url))
  expect((await query(second.primary.url, 'SELECT a FROM kept')).rows).toEqual([{ a: 1 }])
  expect((await query(second.standbys[0]!.url, 'SELECT a FROM kept')).rows).toEqual([{ a: 1 }])
  await second.stop()
})

it('writes durably unless told otherwise', async () => {
  await using cluster = await startCluster({ directory })
  expect((await query(cluster.primary.url, 'SHOW fsync')).rows).toEqual([{ fsync: 'on' }])
})

it('refuses a second start and names the process that holds the directory', async () => {
  existing()
  await using cluster = await start()
  const program = startProgram(`
    await startCluster({ directory: ${JSON.stringify(directory)} }).catch((error) => console.log(error.code, error.details.pid))
  `)
  expect(await program.firstLine).toBe(`SUB_CLUSTER_IN_USE ${process.pid}`)
  await program.ended
  expect((await query(cluster.primary.url, 'SELECT 1 AS a')).rows).toEqual([{ a: 1 }])
})

it('starts right after the program that held the directory was killed', async () => {
  existing()
  const program = startProgram(`
    await startCluster({ directory: ${JSON.stringify(directory)}, durable: false })
    console.log('started')
    setInterval(() => {}, 1000)
  `)
  await program.firstLine
  program.child.kill('SIGKILL')
  await program.ended
  await using cluster = await start()
  expect((await query(cluster.primary.url, 'SELECT 1 AS a')).rows).toEqual([{ a: 1 }])
})

it('stops a server that was left running', async () => {
  existing()
  const pid = await orphan()
  expect(isAlive(pid)).toBe(true)
  await using cluster = await start()
  expect(isAlive(pid)).toBe(false)
  expect((await query(cluster.primary.url, 'SELECT 1 AS a')).rows).toEqual([{ a: 1 }])
})

it('spares a process that was given the id in a stale lock or pid file', async () => {
  existing()
  const pid = stranger()
  const holder = { pid, started: 'long ago', owner: pid, ownerStarted: 'long ago', closing: false }
  writeFileSync(join(directory, 'keeper.lock'), JSON.stringify(holder))
  const primary = join(directory, 'primary')
  writeFileSync(join(primary, 'postmaster.pid'), `${pid}\n${primary}\n1\n5432\n\n127.0.0.1\n  1 1\nready   \n`)
  await using cluster = await start()
  expect((await query(cluster.primary.url, 'SELECT 1 AS a')).rows).toEqual([{ a: 1 }])
  expect(isAlive(pid)).toBe(true)
})

it('takes over a lock that a crash left empty', async () => {
  existing()
  writeFileSync(join(directory, 'keeper.lock'), '')
  await using cluster = await start()
  expect((await query(cluster.primary.url, 'SELECT 1 AS a')).rows).toEqual([{ a: 1 }])
})

it('lets one of many have a directory whose lock is stale', async () => {
  existing()
  const stale = { pid: 2 ** 22 + 1, started: '', owner: 2 ** 22 + 1, ownerStarted: '', closing: false }
  writeFileSync(join(directory, 'keeper.lock'), JSON.stringify(stale))
  const results = await Promise.allSettled(Array.from({ length: 6 }, () => start()))
  const started = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []))
  await Promise.all(started.map((cluster) => cluster.stop()))
  expect(started).toHaveLength(1)
  expect(refused).toEqual(Array.from({ length: 5 }, () => 'SUB_CLUSTER_IN_USE'))
})

it('starts over an initialization that was cut off', async () => {
  const program = startProgram(`await startCluster({ directory: ${JSON.stringify(directory)} })`)
  const unfinished = () => (existsSync(directory) ? readdirSync(directory) : []).find((name) => name.endsWith('.new'))
  await until(() => existsSync(join(directory, unfinished() ?? 'none', 'base')))
  const keeper = processesOf(`substrata-keeper ${directory}`)[0]!
  program.child.kill('SIGSTOP')
  process.kill(keeper, 'SIGKILL')
  program.child.kill('SIGKILL')
  await program.ended
  expect(existsSync(join(directory, 'primary'))).toBe(false)
  await using cluster = await start()
  expect((await query(cluster.primary.url, 'SELECT 1 AS a')).rows).toEqual([{ a: 1 }])
})

it('adds a standby to data that is there, and drops the slot of one that is gone', async () => {
  existing()
  const alone = await start()
  await query(alone.primary.url, 'CREATE TABLE kept AS SELECT 1 AS a')
  await alone.stop()

  const pair = await start({ standbys: 1 })
  await query(pair.primary.url, 'INSERT INTO kept VALUES (2)')
  const rows = async () => (await query(pair.standbys[0]!.url, 'SELECT a FROM kept')).rowCount
  await until(async () => (await rows()) === 2)
  await pair.stop()

  await using again = await start()
  expect((await query(again.primary.url, 'SELECT slot_name FROM pg_replication_slots')).rows).toEqual([])
  expect(existsSync(join(directory, 'standby-1'))).toBe(false)
})

it('puts a promoted standby aside and follows the primary anew', async () => {
  existing()
  const first = await start({ standbys: 1 })
  await query(first.primary.url, 'CREATE TABLE kept AS SELECT 1 AS a')
  await first.standbys[0]!.promote()
  await first.stop()

  await using second = await start({ standbys: 1 })
  await query(second.primary.url, 'INSERT INTO kept VALUES (2)')
  await until(async () => (await query(second.standbys[0]!.url, 'SELECT a FROM kept')).rowCount === 2)
  expect(readdirSync(directory).filter((name) => name.startsWith('standby-1-promoted-'))).toHaveLength(1)
})

it('refuses data of another version', async () => {
  existing()
  writeFileSync(join(directory, 'primary', 'PG_VERSION'), '14\n')
  await expect(start()).rejects.toMatchObject({
    code: 'SUB_CLUSTER_VERSION_MISMATCH',
    message: expect.stringContaining('belongs to PostgreSQL 14; PostgreSQL'),
  })
  expect(existsSync(join(directory, 'keeper.lock'))).toBe(false)
})

it('refuses a directory that holds something else', async () => {
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'thesis.txt'), 'all of it')
  await expect(start()).rejects.toMatchObject({ code: 'SUB_CLUSTER_NOT_A_CLUSTER' })
  expect(readdirSync(directory)).toEqual(['thesis.txt'])
})

it('works below a folder that only its owner may enter', async () => {
  chmodSync(base, 0o700)
  const first = await start({ standbys: 1 })
  await query(first.primary.url, 'CREATE TABLE kept AS SELECT 1 AS a')
  await first.stop()
  const second = await start()
  expect((await query(second.primary.url, 'SELECT a FROM kept')).rows).toEqual([{ a: 1 }])
  await second.stop()

  // Whoever removes the directory starts over, wherever the data was.
  rmSync(directory, { recursive: true })
  const third = await start()
  expect((await query(third.primary.url, `SELECT to_regclass('kept') AS kept`)).rows).toEqual([{ kept: null }])
  await third.stop()

  // So does whoever removes the folder that holds root's data.
  const pointer = join(directory, 'location')
  const data = existsSync(pointer) ? readFileSync(pointer, 'utf8').trim() : directory
  rmSync(data, { recursive: true })
  const fourth = await start()
  await fourth.stop()
  rmSync(data, { recursive: true })
})
