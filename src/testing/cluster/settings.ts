import { appendFileSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { memoryFolder } from './folders.ts'
import { own, type User } from './user.ts'

/** Lines of postgresql.conf: names and values, unquoted. */
export type Settings = Readonly<Record<string, string>>

const FILE = 'substrata.conf'

/**
 * What every node runs with, before the caller's own settings.
 *
 * @param durable - Whether a commit survives a crash of the machine. A crash of the server alone loses nothing either way.
 */
export function baseSettings(durable: boolean, directory: string): Settings {
  const memory = memoryFolder()
  return {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    timezone: 'UTC',
    log_timezone: 'UTC',
    max_connections: '200',
    wal_level: 'replica',
    max_wal_size: '256MB',
    min_wal_size: '32MB',
    // A query on a standby is not cancelled because the primary vacuums; the primary learns of it soon, and a standby reconnects
    // soon after its primary is back.
    hot_standby_feedback: 'on',
    wal_receiver_status_interval: '1s',
    wal_retrieve_retry_interval: '100ms',
    ...(!durable && { fsync: 'off', full_page_writes: 'off' }),
    // The default keeps shared memory in /dev/shm under names of its own, where it would outlive a killed server.
    ...(memory && directory.startsWith(memory) && { dynamic_shared_memory_type: 'mmap' }),
  }
}

/** How a standby follows its primary. */
export function standbySettings(name: string, primaryPort: number, password: string): Settings {
  return {
    primary_conninfo: `host=127.0.0.1 port=${primaryPort} user=postgres password=${password} application_name=${name}`,
    primary_slot_name: slotOf(name),
  }
}

/** The physical slot of a standby. */
export function slotOf(standby: string): string {
  return standby.replace('-', '_')
}

/** Makes PostgreSQL read the file of {@link writeSettings}. */
export function includeSettings(data: string): void {
  appendFileSync(join(data, 'postgresql.conf'), `\ninclude_if_exists '${FILE}'\n`)
}

/** Writes the settings whole, so that those of an earlier start do not linger. */
export function writeSettings(data: string, settings: Settings, user: User): void {
  const path = join(data, FILE)
  const fresh = !existsSync(path)
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${quote(value)}\n`)
  writeFileSync(path, lines.join(''), { mode: 0o600 })
  if (fresh) own(path, user)
}

/** PostgreSQL documentation, "Parameter Names and Values": quotes are doubled, backslashes escape. */
function quote(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
}
