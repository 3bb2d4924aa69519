import { join } from 'node:path'
import { Client, type QueryResult } from 'pg'
import type { Binaries } from './binaries.ts'
import { cleanEnvironment } from './environment.ts'
import { notAStandby, portTaken, startFailed, stateNotReached } from './errors.ts'
import type { Keeper } from './keeper-client.ts'
import { type Settings, writeSettings } from './settings.ts'
import type { User } from './user.ts'

/** One PostgreSQL server of a cluster. */
export interface ClusterNode {
  /** 'primary', 'standby-1', … */
  readonly name: string
  readonly port: number
  /** Database `postgres` as superuser `postgres` on 127.0.0.1, with the password. */
  readonly url: string
  /** Kills every process of the node at once: a crash. What was committed is there after {@link ClusterNode.start}. */
  kill(): Promise<void>
  /** Ends sessions, writes a checkpoint and ends the node. */
  stop(): Promise<void>
  /** Returns once the node takes connections. */
  start(): Promise<void>
  restart(): Promise<void>
  /** Standby only: WAL still arrives, and nothing of it is applied until {@link ClusterNode.resumeReplay}. */
  pauseReplay(): Promise<void>
  /** Standby only. */
  resumeReplay(): Promise<void>
  /** Standby only: applies each commit this long after it was made; 0 ends the delay. */
  delayReplay(milliseconds: number): Promise<void>
  /** Standby only: makes it a primary; returns once it takes writes. The old primary is left as it is. */
  promote(): Promise<void>
}

export interface NodeOptions {
  readonly name: string
  /** Of the cluster; the node's data is in the folder with its name. */
  readonly directory: string
  readonly port: number
  readonly password: string
  readonly settings: Settings
  readonly user: User
  readonly binaries: Binaries
  readonly keeper: Keeper
}

const MINUTE = 60_000

export function createNode(options: NodeOptions): ClusterNode {
  const { name, directory, port, password, user, binaries, keeper } = options
  const data = join(directory, name)
  const url = `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`
  let settings: Settings = { ...options.settings, port: `${port}` }

  async function launch(): Promise<void> {
    keeper.requireRunning()
    writeSettings(data, settings, user)
    const command = { file: binaries.postgres, args: ['-D', data], env: cleanEnvironment(), ...user }
    const deadline = performance.now() + MINUTE
    for (;;) {
      const ended = await keeper.start(data, join(directory, `${name}.log`), command)
      if (ended === undefined) return
      if (/could not bind .*in use/.test(ended.output)) throw portTaken({ port })
      // The last processes of a server that was killed are still on their way out.
      const lingering = /pre-existing shared memory block/.test(ended.output)
      if (!lingering || performance.now() > deadline) throw startFailed({ name, output: ended.output })
      await pause()
    }
  }

  async function requireStandby(operation: string): Promise<void> {
    const { rows } = await query(url, 'SELECT pg_is_in_recovery() AS standby')
    if (!rows[0].standby) throw notAStandby({ name, operation })
  }

  return {
    name,
    port,
    url,
    kill: () => keeper.kill(data),
    stop: () => keeper.stop(data, 'fast'),
    start: launch,
    async restart() {
      await keeper.stop(data, 'fast')
      await launch()
    },
    async pauseReplay() {
      await requireStandby('pauseReplay')
      await query(url, 'SELECT pg_wal_replay_pause()')
      await reach(url, name, 'paused', `pg_get_wal_replay_pause_state() = 'paused'`)
    },
    async resumeReplay() {
      await requireStandby('resumeReplay')
      await query(url, 'SELECT pg_wal_replay_resume()')
      await reach(url, name, 'replaying', `pg_get_wal_replay_pause_state() = 'not paused'`)
    },
    async delayReplay(milliseconds) {
      await requireStandby('delayReplay')
      const delay = `${Math.round(milliseconds)}`
      settings = { ...settings, recovery_min_apply_delay: delay }
      writeSettings(data, settings, user)
      await query(url, 'SELECT pg_reload_conf()')
      const set = `(SELECT setting = '${Number(delay)}' FROM pg_settings WHERE name = 'recovery_min_apply_delay')`
      await reach(url, name, 'delayed', set)
    },
    async promote() {
      await requireStandby('promote')
      await query(url, 'SELECT pg_promote(wait => true)')
      await reach(url, name, 'writable', `NOT pg_is_in_recovery() AND current_setting('transaction_read_only') = 'off'`)
    },
  }
}

/** Waits until a condition, in SQL, holds on a node. */
export async function reach(url: string, name: string, state: string, condition: string): Promise<void> {
  const deadline = performance.now() + MINUTE
  while (!(await query(url, `SELECT ${condition} AS reached`)).rows[0].reached) {
    if (performance.now() > deadline) throw stateNotReached({ name, state })
    await pause()
  }
}

/** Runs one statement on a connection of its own. */
export async function query(url: string, text: string, values: readonly unknown[] = []): Promise<QueryResult> {
  const client = new Client({ connectionString: url })
  // A connection that is cut rejects its query; without a listener it would end the process as well.
  client.on('error', () => {})
  await client.connect()
  try {
    return await client.query(text, [...values])
  } finally {
    await client.end()
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 10))
}
