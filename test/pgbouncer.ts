import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'
import { withClient } from '../src/pg/with-client.ts'
import { freePort } from '../src/testing/cluster/ports.ts'

/** npm has no PgBouncer: where none is on the PATH, what needs one does not run. */
export const hasPgBouncer = spawnSync('pgbouncer', ['--version']).status === 0

export interface PgBouncer extends AsyncDisposable {
  readonly url: string
}

/** A PgBouncer in transaction mode, in front of a database as the role of its URL. */
export async function startPgBouncer(databaseUrl: string, { servers }: { servers: number }): Promise<PgBouncer> {
  const { hostname, port, username, password, pathname } = new URL(databaseUrl)
  const folder = mkdtempSync(join(tmpdir(), 'substrata-pgbouncer-'))
  const ownPort = await freePort()
  const upstream = `host=${hostname} port=${port} dbname=${pathname.slice(1)} user=${username} password=${decodeURIComponent(password)}`
  const lines = [
    '[databases]',
    `app = ${upstream}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${ownPort}`,
    'unix_socket_dir =',
    'auth_type = any',
    'pool_mode = transaction',
    `default_pool_size = ${servers}`,
  ]
  const file = join(folder, 'pgbouncer.ini')
  writeFileSync(file, `${lines.join('\n')}\n`)
  // It will not serve as root.
  const asNobody = process.getuid?.() === 0 ? ['--user', 'nobody'] : []
  const child = spawn('pgbouncer', ['--quiet', ...asNobody, file], { stdio: 'ignore' })
  const url = `postgresql://anyone:any@127.0.0.1:${ownPort}/app`
  await vi.waitFor(() => withClient(url, (client) => client.query('SELECT 1')), { timeout: 10_000, interval: 50 })
  return {
    url,
    async [Symbol.asyncDispose]() {
      await ended(child)
      rmSync(folder, { recursive: true })
    },
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}
