import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Binaries } from './binaries.ts'
import { cleanEnvironment } from './environment.ts'
import { startFailed, versionMismatch } from './errors.ts'
import type { Keeper } from './keeper-client.ts'
import { includeSettings } from './settings.ts'
import { own, ownTree, type User } from './user.ts'
import type { PostgresVersion } from './versions.ts'

const REMOVE = { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }

/** What the data directories are made with. */
export interface DataOptions {
  readonly directory: string
  readonly version: PostgresVersion
  readonly standbys: readonly string[]
  readonly durable: boolean
  readonly user: User
  readonly binaries: Binaries
  readonly keeper: Keeper
}

/**
 * Makes the data directories that are missing, while no server runs: the primary's by initdb, a standby's as a copy of the primary's.
 * Each is made under another name and renamed when complete, so one that exists is whole.
 *
 * @returns The superuser's password.
 * @throws SUB_CLUSTER_VERSION_MISMATCH, SUB_CLUSTER_START_FAILED
 */
export async function prepareData(options: DataOptions): Promise<string> {
  const { directory, version, standbys, user } = options
  for (const name of readdirSync(directory)) if (/\.(new|log)$/.test(name)) rmSync(join(directory, name), REMOVE)
  const primary = join(directory, 'primary')
  if (!existsSync(primary)) await initialize(primary, options)
  const found = readFileSync(join(primary, 'PG_VERSION'), 'utf8').trim()
  if (found !== `${version}`) throw versionMismatch({ directory, found, wanted: version })

  for (const name of readdirSync(directory)) if (/^standby-\d+$/.test(name)) retire(join(directory, name), standbys)
  for (const name of standbys)
    if (!existsSync(join(directory, name))) await copyPrimary(primary, join(directory, name), user)
  return readFileSync(passwordFile(directory), 'utf8')
}

async function initialize(primary: string, { version, durable, user, binaries, keeper }: DataOptions): Promise<void> {
  const password = passwordFile(dirname(primary))
  writeFileSync(password, randomBytes(24).toString('base64url'), { mode: 0o600 })
  own(password, user)
  // Its own name at each try: an initdb whose keeper was killed may still be writing under the last one.
  const unfinished = `${primary}.${randomBytes(4).toString('hex')}.new`
  const common = ['-D', unfinished, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${password}`, '-E', 'UTF8']
  let output = ''
  for (const locale of locales(version)) {
    const args = [...common, ...locale, ...(durable ? [] : ['--no-sync'])]
    const ended = await keeper.run({ file: binaries.initdb, args, env: cleanEnvironment(), ...user })
    output = ended.output
    if (ended.code === 0) {
      includeSettings(unfinished)
      renameSync(unfinished, primary)
      return
    }
    if (!/invalid locale/.test(output)) break
  }
  throw startFailed({ name: 'initdb', output })
}

/**
 * Text sorts by code point and knows letters and their case in all of Unicode, the same in every version and on every system.
 * PostgreSQL brings that locale from 17 on; for the rest (pg_trgm asks the system what a letter is) each system has its own name.
 */
function locales(version: PostgresVersion): string[][] {
  const provider = version >= 17 ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : []
  return ['C.UTF-8', 'en_US.UTF-8', 'C'].map((type) => ['--locale=C', `--lc-ctype=${type}`, ...provider])
}

/** Takes out of the way what is no standby of this cluster: one that is not asked for, or one that was promoted and went its own way. */
function retire(data: string, standbys: readonly string[]): void {
  if (!existsSync(join(data, 'standby.signal'))) renameSync(data, `${data}-promoted-${Date.now()}`)
  else if (!standbys.includes(basename(data))) rmSync(data, { recursive: true })
}

/** A copy of a primary that does not run is a standby: it finds its place in the WAL and streams from there. */
async function copyPrimary(primary: string, standby: string, user: User): Promise<void> {
  const unfinished = `${standby}.new`
  const skip = ['postmaster.opts', 'postmaster.pid', 'substrata.conf'].map((name) => join(primary, name))
  // A slot in the copy would hold back WAL that nobody fetches.
  const slots = join(primary, 'pg_replslot')
  await cp(primary, unfinished, {
    recursive: true,
    filter: (source) => !skip.includes(source) && dirname(source) !== slots,
  })
  writeFileSync(join(unfinished, 'standby.signal'), '')
  ownTree(unfinished, user)
  renameSync(unfinished, standby)
}

function passwordFile(directory: string): string {
  return join(directory, 'password')
}
