import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client, type QueryResult } from 'pg'
import type { Binaries } from './binaries.ts'
import { startFailed } from './errors.ts'
import type { Keeper } from './keeper-client.ts'
import type { User } from './user.ts'

/** One PostgreSQL server of a cluster. */
export interface ClusterNode {
  /** 'primary', 'standby-1', … */
  readonly name: string
  readonly port: number
  /** As superuser `postgres` on 127.0.0.1, with the password. */
  readonly url: string
  /** SIGKILL to every process of the node: a crash. */
  kill(): Promise<void>
  stop(): Promise<void>
  start(): Promise<void>
  restart(): Promise<void>
  /** Standby only: what arrives is written, but not applied until {@link ClusterNode.resumeReplay}. */
  pauseReplay(): Promise<void>
  resumeReplay(): Promise<void>
  /** Standby only: each commit is applied this much later than it was made; 0 ends the delay. */
  delayReplay(milliseconds: number): Promise<void>
  /** Standby only: returns once it accepts writes. */
  promote(): Promise<void>
}

export interface NodeDefinition {
  readonly name: string
  readonly directory: string
  readonly port: number
  readonly password: string
  readonly settings: Readonly<Record<string, string>>
  readonly user: User
  readonly binaries: Binaries
  readonly keeper: Keeper
}

export const environment = (): Record<string, string> => ({ PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC' })

export function defineNode(definition: NodeDefinition): ClusterNode {
  const { name, directory, port, password, settings, user, binaries, keeper } = definition
  const data = join(directory, name)
  const url = `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`

  const query = async (text: string): Promise<QueryResult> => {
    const client = new Client({ connectionString: url })
    await client.connect()
    try {
      return await client.query(text)
    } finally {
      await client.end()
    }
  }

  const node: ClusterNode = {
    name,
    port,
    url,
    kill: () => keeper.kill(data),
    stop: () => keeper.stop(data, 'fast'),
    async start() {
      writeSettings(data, { ...settings, port: `${port}` })
      const args = ['-D', data]
      const ended = await keeper.start(data, join(directory, `${name}.log`), {
        file: binaries.postgres,
        args,
        env: environment(),
        ...user,
      })
      if (ended) throw startFailed({ name, log: ended.output })
    },
    async restart() {
      await node.stop()
      await node.start()
    },
    async pauseReplay() {
      await query('SELECT pg_wal_replay_pause()')
      await until(async () => (await query('SELECT pg_get_wal_replay_pause_state() s')).rows[0].s === 'paused')
    },
    async resumeReplay() {
      await query('SELECT pg_wal_replay_resume()')
    },
    async delayReplay(milliseconds) {
      const value = `${Math.max(0, Math.round(milliseconds))}`
      await query(`ALTER SYSTEM SET recovery_min_apply_delay = ${value}`)
      await query('SELECT pg_reload_conf()')
      await until(
        async () =>
          (await query(`SELECT setting FROM pg_settings WHERE name = 'recovery_min_apply_delay'`)).rows[0].setting ===
          value,
      )
    },
    async promote() {
      await query('SELECT pg_promote(true, 60)')
      await until(async () => (await query('SHOW transaction_read_only')).rows[0].transaction_read_only === 'off')
    },
  }
  return node
}

const quote = (value: string): string => `'${value.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`

/** Writes the node's settings whole, so that those of an earlier start do not linger. */
function writeSettings(data: string, settings: Readonly<Record<string, string>>): void {
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${quote(value)}\n`)
  writeFileSync(join(data, 'substrata.conf'), lines.join(''))
}

/** Makes PostgreSQL read the settings that each start writes. */
export function includeSettings(data: string): void {
  appendFileSync(join(data, 'postgresql.conf'), "\ninclude_if_exists 'substrata.conf'\n")
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10))
}
