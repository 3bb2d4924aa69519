import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statfsSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Client } from 'pg'
import { type Binaries, findBinaries } from './binaries.ts'
import { startFailed } from './errors.ts'
import { type Keeper, startKeeper } from './keeper-client.ts'
import { type ClusterNode, defineNode, environment, includeSettings } from './node.ts'
import { freePort } from './ports.ts'
import { serverUser, type User } from './user.ts'

export type PostgresVersion = 15 | 16 | 17 | 18

export interface ClusterOptions {
  /** Default: SUBSTRATA_TEST_PG, else 18. */
  version?: PostgresVersion
  /** Streaming standbys, each with a physical slot; default 0. */
  standbys?: number
  /**
   * Kept on stop and reused by the next start, with data and passwords. Default: a temporary one, in memory where there is room,
   * removed on stop.
   */
  directory?: string
  /** Of the primary; default: any free port. */
  port?: number
  /** Lines of postgresql.conf. */
  settings?: Readonly<Record<string, string>>
  /** Whether a commit survives a crash of the machine (fsync); default: true with `directory`, else false. */
  durable?: boolean
}

/** A primary and its streaming standbys. */
export interface Cluster extends AsyncDisposable {
  readonly version: PostgresVersion
  readonly directory: string
  readonly primary: ClusterNode
  readonly standbys: readonly ClusterNode[]
  stop(): Promise<void>
}

/** Starts a real PostgreSQL from npm's binaries. It ends with this process, however this process ends. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const version = options.version ?? (Number(process.env.SUBSTRATA_TEST_PG ?? 18) as PostgresVersion)
  const user = serverUser()
  const binaries = findBinaries(user)
  const temporary = options.directory === undefined
  const directory = temporary ? mkdtempSync(join(temporaryRoot(), 'substrata-')) : resolve(options.directory!)
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  own(directory, user)
  const keeper = startKeeper({ temporary: temporary ? [directory] : [] })
  const standbyNames = Array.from({ length: options.standbys ?? 0 }, (_, index) => `standby-${index + 1}`)
  const durable = options.durable ?? !temporary
  try {
    const password = passwordOf(directory, user)
    await initialize({ directory, password, user, binaries, keeper, standbyNames })
    const settings = { ...baseSettings(durable), ...options.settings }
    const common = { directory, password, user, binaries, keeper }
    const primary = defineNode({ ...common, name: 'primary', port: options.port ?? (await freePort()), settings })
    const standbys: ClusterNode[] = []
    for (const name of standbyNames) {
      const link = {
        primary_conninfo: `host=127.0.0.1 port=${primary.port} user=postgres password=${password} application_name=${name}`,
        primary_slot_name: name.replace('-', '_'),
      }
      standbys.push(defineNode({ ...common, name, port: await freePort(), settings: { ...settings, ...link } }))
    }
    await primary.start()
    await createSlots(primary.url, standbyNames)
    await Promise.all(standbys.map((standby) => standby.start()))
    const stop = () => keeper.close(temporary ? 'immediate' : 'fast')
    return { version, directory, primary, standbys, stop, [Symbol.asyncDispose]: stop }
  } catch (error) {
    await keeper.close('immediate')
    throw error
  }
}

const baseSettings = (durable: boolean): Record<string, string> => ({
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  timezone: 'UTC',
  log_timezone: 'UTC',
  max_connections: '200',
  wal_level: 'replica',
  hot_standby_feedback: 'on',
  wal_receiver_status_interval: '1s',
  wal_retrieve_retry_interval: '100ms',
  ...(!durable && { fsync: 'off', full_page_writes: 'off' }),
})

function temporaryRoot(): string {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm')
    if (bavail * bsize >= 2 ** 30) return '/dev/shm'
  } catch {}
  return tmpdir()
}

function own(path: string, { uid, gid }: User): void {
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid)
}

function ownTree(path: string, user: User): void {
  if (user.uid === undefined) return
  own(path, user)
  for (const entry of readdirSync(path, { withFileTypes: true }))
    if (entry.isDirectory()) ownTree(join(path, entry.name), user)
    else own(join(path, entry.name), user)
}

function passwordOf(directory: string, user: User): string {
  const file = join(directory, 'password')
  if (!existsSync(file)) writeFileSync(file, randomBytes(18).toString('base64url'), { mode: 0o600 })
  own(file, user)
  return readFileSync(file, 'utf8')
}

async function initialize(cluster: {
  directory: string
  password: string
  user: User
  binaries: Binaries
  keeper: Keeper
  standbyNames: string[]
}) {
  const { directory, user, binaries, keeper, standbyNames } = cluster
  const primary = join(directory, 'primary')
  if (!existsSync(primary)) {
    const ended = await keeper.run({
      file: binaries.initdb,
      args: [
        '-D',
        primary,
        '-U',
        'postgres',
        '-A',
        'scram-sha-256',
        `--pwfile=${join(directory, 'password')}`,
        '-E',
        'UTF8',
        '--locale=C.UTF-8',
        '-N',
      ],
      env: environment(),
      ...user,
    })
    if (ended.code !== 0) throw startFailed({ name: 'initdb', log: ended.output })
    includeSettings(primary)
    for (const name of standbyNames) {
      cpSync(primary, join(directory, name), { recursive: true })
      writeFileSync(join(directory, name, 'standby.signal'), '')
      chmodSync(join(directory, name), 0o700)
      ownTree(join(directory, name), user)
    }
  }
}

async function createSlots(url: string, standbyNames: readonly string[]): Promise<void> {
  if (standbyNames.length === 0) return
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    for (const name of standbyNames)
      await client.query(
        `SELECT pg_create_physical_replication_slot($1, true)
           WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = $1)`,
        [name.replace('-', '_')],
      )
  } finally {
    await client.end()
  }
}
