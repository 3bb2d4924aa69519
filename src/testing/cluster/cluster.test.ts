import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { processesOf, until } from '../../../test/cluster-program.ts'
import { isSubstrataError } from '../../core/errors.ts'
import { type Cluster, startCluster } from './cluster.ts'
import { query } from './node.ts'

describe('a cluster with two standbys', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await startCluster({ standbys: 2, settings: { work_mem: '5MB', 'test.quoted': "it's a \\ test" } })
    await query(cluster.primary.url, 'CREATE TABLE entries (id int PRIMARY KEY)')
  })
  afterAll(() => cluster.stop())

  const count = async (url: string): Promise<number> =>
    Number((await query(url, 'SELECT count(*) AS entries FROM entries')).rows[0].entries)
  const add = (id: number) => query(cluster.primary.url, 'INSERT INTO entries VALUES ($1)', [id])
  /** Waits until a standby has received all that the primary has written. */
  const received = async (url: string) => {
    const { rows } = await query(cluster.primary.url, 'SELECT pg_current_wal_lsn() AS lsn')
    await until(async () => {
      const sql = 'SELECT pg_last_wal_receive_lsn() >= $1::pg_lsn AS received'
      return (await query(url, sql, [rows[0].lsn])).rows[0].received
    })
  }
  const settingsOf = async (url: string, names: string[]) =>
    Promise.all(
      names.map(async (name) => (await query(url, 'SELECT current_setting($1) AS value', [name])).rows[0].value),
    )

  it('runs the wanted settings on every node', async () => {
    const names = [
      'work_mem',
      'test.quoted',
      'TimeZone',
      'listen_addresses',
      'unix_socket_directories',
      'wal_level',
      'fsync',
    ]
    for (const { url } of [cluster.primary, ...cluster.standbys])
      expect(await settingsOf(url, names)).toEqual(['5MB', "it's a \\ test", 'UTC', '127.0.0.1', '', 'replica', 'off'])
  })

  it('stores UTF-8, sorts by code point and knows letters beyond ASCII', async () => {
    await query(cluster.primary.url, 'CREATE EXTENSION pg_trgm')
    const { rows } = await query(
      cluster.primary.url,
      `SELECT upper('é') AS upper, 'Z' < 'a' AS by_code_point, to_tsvector('simple', 'Crème') AS words,
              cardinality(show_trgm('é')) AS trigrams, current_setting('server_encoding') AS encoding`,
    )
    expect(rows).toEqual([{ upper: 'É', by_code_point: true, words: "'crème':1", trigrams: 2, encoding: 'UTF8' }])
  })

  it('asks for the password', async () => {
    const wrong = cluster.primary.url.replace(/:[^:@]+@/, ':wrong@')
    await expect(query(wrong, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' })
    const sql = `SELECT DISTINCT auth_method FROM pg_hba_file_rules`
    expect((await query(cluster.primary.url, sql)).rows).toEqual([{ auth_method: 'scram-sha-256' }])
  })

  it('streams through a slot of each standby', async () => {
    await add(1)
    for (const { url } of cluster.standbys) await until(async () => (await count(url)) === 1)
    const sql = 'SELECT slot_name, active FROM pg_replication_slots ORDER BY slot_name'
    expect((await query(cluster.primary.url, sql)).rows).toEqual([
      { slot_name: 'standby_1', active: true },
      { slot_name: 'standby_2', active: true },
    ])
  })

  it('holds replay back while paused and catches up when resumed', async () => {
    const [standby, other] = cluster.standbys
    await standby!.pauseReplay()
    const before = await count(standby!.url)
    await add(2)
    await received(standby!.url)
    await until(async () => (await count(other!.url)) === before + 1)
    expect(await count(standby!.url)).toBe(before)
    await standby!.resumeReplay()
    await until(async () => (await count(standby!.url)) === before + 1)
  })

  it('delays replay until the delay ends', async () => {
    const [standby] = cluster.standbys
    await standby!.delayReplay(3_600_000)
    const before = await count(standby!.url)
    await add(3)
    await received(standby!.url)
    expect(await count(standby!.url)).toBe(before)
    await standby!.delayReplay(0)
    await until(async () => (await count(standby!.url)) === before + 1)
  })

  it('keeps what was committed when a node is killed', async () => {
    await add(4)
    const before = await count(cluster.primary.url)
    await cluster.primary.kill()
    await expect(query(cluster.primary.url, 'SELECT 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await cluster.primary.start()
    expect(await count(cluster.primary.url)).toBe(before)
    await add(5)
    for (const { url } of cluster.standbys) await until(async () => (await count(url)) === before + 1)
  })

  it('brings a killed, a stopped and a restarted standby up to date', async () => {
    const [standby] = cluster.standbys
    await standby!.kill()
    await add(6)
    await standby!.start()
    await until(async () => (await count(standby!.url)) === (await count(cluster.primary.url)))
    await standby!.stop()
    await add(7)
    await standby!.start()
    await standby!.restart()
    await until(async () => (await count(standby!.url)) === (await count(cluster.primary.url)))
  })

  it('kills a node whose backend is busy', async () => {
    const busy = query(cluster.primary.url, `SELECT count(*) FROM generate_series(1, 1e12::bigint)`).catch(() => 'cut')
    const running = `SELECT FROM pg_stat_activity WHERE query LIKE '%1e12%' AND state = 'active' AND pid <> pg_backend_pid()`
    await until(async () => (await query(cluster.primary.url, running)).rowCount === 1)
    await cluster.primary.kill()
    expect(await busy).toBe('cut')
    await cluster.primary.start()
  })

  it('refuses to hold replay of a primary', async () => {
    await expect(cluster.primary.pauseReplay()).rejects.toSatisfy((error) =>
      isSubstrataError(error, 'SUB_CLUSTER_NOT_A_STANDBY'),
    )
  })

  it('promotes a standby, also one whose primary is gone and whose replay is paused', async () => {
    const [standby] = cluster.standbys
    const before = await count(cluster.primary.url)
    await received(standby!.url)
    await standby!.pauseReplay()
    await cluster.primary.kill()
    await standby!.promote()
    await query(standby!.url, 'INSERT INTO entries VALUES (8)')
    expect(await count(standby!.url)).toBe(before + 1)
  })
})

it('runs two clusters at once and leaves nothing of either', async () => {
  const clusters = await Promise.all([startCluster(), startCluster({ standbys: 1 })])
  const ports = clusters.flatMap(({ primary, standbys }) => [primary, ...standbys].map(({ port }) => port))
  expect(new Set(ports).size).toBe(3)
  for (const { directory } of clusters) expect(processesOf(directory).length).toBeGreaterThan(0)
  await Promise.all(clusters.map((cluster) => cluster.stop()))
  for (const { directory } of clusters) {
    expect(processesOf(directory)).toEqual([])
    expect(existsSync(directory)).toBe(false)
  }
})

it('says so when the wanted port is taken', async () => {
  const server = createServer()
  const port = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
  )
  await expect(startCluster({ port })).rejects.toMatchObject({ code: 'SUB_CLUSTER_PORT_TAKEN', details: { port } })
  await new Promise((resolve) => server.close(resolve))
  await using cluster = await startCluster({ port })
  expect(cluster.primary.port).toBe(port)
})

it("shows the server's last words when it does not start", async () => {
  await expect(startCluster({ settings: { no_such_setting: '1' } })).rejects.toMatchObject({
    code: 'SUB_CLUSTER_START_FAILED',
    message: expect.stringContaining('unrecognized configuration parameter "no_such_setting"'),
  })
})
