import { chmodSync, chownSync, copyFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Cluster, startCluster } from 'substrata/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { withClient } from '../../pg/with-client.ts'
import { withConnection } from './connect.ts'
import { parseConnection } from './connection.ts'
import { offersTls } from './tls.ts'

/** For tests only: a certificate for `localhost`, signed by itself. */
const certificates = fileURLToPath(new URL('../../../test/fixtures/tls', import.meta.url))
const authority = join(certificates, 'server.crt')

let cluster: Cluster

beforeAll(async () => {
  cluster = await startCluster()
})

afterAll(() => cluster.stop())

async function turnOnTls(): Promise<void> {
  await withClient(cluster.primary.url, async (client) => {
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory')
    const directory = rows[0]!.data_directory
    const { uid, gid } = statSync(directory)
    for (const name of ['server.crt', 'server.key']) {
      const file = join(directory, name)
      copyFileSync(join(certificates, name), file)
      chownSync(file, uid, gid)
      chmodSync(file, 0o600)
    }
    await client.query('ALTER SYSTEM SET ssl = on')
    await client.query('SELECT pg_reload_conf()')
  })
}

async function encrypted(query: string, host = 'localhost'): Promise<boolean> {
  const url = new URL(cluster.primary.url)
  url.hostname = host
  url.search = query
  const sql = 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()'
  const { rows } = await withConnection(parseConnection(url.href), (client) => client.query<{ ssl: boolean }>(sql))
  return rows[0]!.ssl
}

it('is taken where the server offers it, and asked for as the URL says', async () => {
  const { port } = cluster.primary
  expect(await offersTls('127.0.0.1', port, 5000)).toBe(false)
  expect(await encrypted('')).toBe(false)
  await expect(encrypted('?sslmode=require')).rejects.toMatchObject({ prismaCode: 'P1011' })

  await turnOnTls()
  await expect.poll(() => offersTls('127.0.0.1', port, 5000)).toBe(true)
  expect(await encrypted('')).toBe(true)
  expect(await encrypted('?sslmode=disable')).toBe(false)
  expect(await encrypted('?sslmode=require')).toBe(true)

  await expect(encrypted('?sslmode=require&sslaccept=strict')).rejects.toMatchObject({ prismaCode: 'P1011' })
  const verified = (mode: string) => `?sslmode=${mode}&sslrootcert=${encodeURIComponent(authority)}`
  expect(await encrypted(verified('verify-full'))).toBe(true)
  await expect(encrypted(verified('verify-full'), '127.0.0.1')).rejects.toMatchObject({ prismaCode: 'P1011' })
  expect(await encrypted(verified('verify-ca'), '127.0.0.1')).toBe(true)
  expect(await encrypted(`?sslmode=require&sslaccept=strict&sslcert=${encodeURIComponent(authority)}`)).toBe(true)
})

it('is not asked of a server that does not answer', async () => {
  expect(await offersTls('127.0.0.1', 1, 1000)).toBe(false)
})
