import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, copyFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { openSession, rejection, rowsOf, write } from '../../test/session.ts'
import { type Cluster, startCluster } from '../testing/index.ts'
import { withClient } from './with-client.ts'

let cluster: Cluster
let directory = ''

/** An authority, and a certificate for `localhost` that it has signed. */
function makeCertificates(): void {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' })
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  openssl('req', '-x509', ...key, '-subj', '/CN=test authority', '-keyout', 'root.key', '-out', 'root.crt')
  openssl('req', ...key, '-subj', '/CN=localhost', '-keyout', 'server.key', '-out', 'server.csr')
  writeFileSync(join(directory, 'names'), 'subjectAltName=DNS:localhost')
  const signing = ['-CA', 'root.crt', '-CAkey', 'root.key', '-CAcreateserial', '-extfile', 'names', '-days', '2']
  openssl('x509', '-req', '-in', 'server.csr', ...signing, '-out', 'server.crt')
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'substrata-tls-'))
  makeCertificates()
  cluster = await startCluster()
  await withClient(cluster.primary.url, async (client) => {
    const data = (await client.query<{ data_directory: string }>('show data_directory')).rows[0]?.data_directory ?? ''
    const { uid, gid } = statSync(data)
    for (const file of ['server.key', 'server.crt']) {
      copyFileSync(join(directory, file), join(data, file))
      chownSync(join(data, file), uid, gid)
      chmodSync(join(data, file), 0o600)
    }
    await client.query('alter system set ssl = on')
    await client.query('select pg_reload_conf()')
  })
  await vi.waitFor(() => cipher('localhost', 'sslmode=require'), { timeout: 10_000 })
})

afterAll(async () => {
  await cluster.stop()
  rmSync(directory, { recursive: true })
})

function urlWith(host: string, parameters: string): string {
  const url = new URL(cluster.primary.url)
  url.hostname = host
  url.search = parameters
  return url.href
}

async function cipher(host: string, parameters: string): Promise<boolean> {
  await using session = openSession(urlWith(host, parameters), { maxConnections: 1, lanes: 0, minConnections: 0 })
  const rows = await rowsOf(session, write(), 'select ssl from pg_stat_ssl where pid = pg_backend_pid()')
  return rows[0]?.[0] === 't'
}

const root = () => `sslrootcert=${directory}/root.crt`

describe('TLS', () => {
  it('disable sends plain text', async () => {
    expect(await cipher('localhost', 'sslmode=disable')).toBe(false)
  })

  it('require encrypts, whoever is there', async () => {
    expect(await cipher('127.0.0.1', 'sslmode=require')).toBe(true)
  })

  it('verify-ca asks for the authority, not for the name', async () => {
    expect(await cipher('127.0.0.1', `sslmode=verify-ca&${root()}`)).toBe(true)
    expect(await rejection(cipher('localhost', 'sslmode=verify-ca'))).toMatchObject({
      code: 'SUB_CONNECT_FAILED',
      cause: { code: expect.stringMatching(/UNABLE_TO|SELF_SIGNED/) },
    })
  })

  it('verify-full asks for both', async () => {
    expect(await cipher('localhost', `sslmode=verify-full&${root()}`)).toBe(true)
    expect(await rejection(cipher('127.0.0.1', `sslmode=verify-full&${root()}`))).toMatchObject({
      cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    })
    expect(await rejection(cipher('localhost', 'sslmode=verify-full&sslrootcert=system'))).toMatchObject({
      cause: { code: expect.stringMatching(/UNABLE_TO|SELF_SIGNED/) },
    })
  })

  it('can do without asking first, and without binding the password to it', async () => {
    if (cluster.version >= 17)
      expect(await cipher('localhost', `sslmode=verify-full&${root()}&sslnegotiation=direct`)).toBe(true)
    expect(await cipher('localhost', `sslmode=verify-full&${root()}&channel_binding=disable`)).toBe(true)
  })

  it('carries a cancel too', async () => {
    const url = urlWith('localhost', `sslmode=verify-full&${root()}`)
    await using session = openSession(url, { maxConnections: 1, lanes: 0 })
    const controller = new AbortController()
    const slow = rejection(
      session.execute(write({ signal: controller.signal }), { text: 'select pg_sleep(30)', values: [] }),
    )
    const sleeping = `select count(*)::int n from pg_stat_activity where wait_event = 'PgSleep'`
    const count = () => withClient(cluster.primary.url, async (client) => (await client.query(sleeping)).rows[0])
    await expect.poll(count).toEqual({ n: 1 })
    controller.abort()
    expect(await slow).toMatchObject({ code: 'SUB_ABORTED', details: { outcome: 'failed' } })
    await expect.poll(count).toEqual({ n: 0 })
  })
})
