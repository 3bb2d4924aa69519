import { lstatSync, mkdirSync, mkdtempSync, statfsSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { noFolder } from './errors.ts'
import { canReach, type User } from './user.ts'

const MEMORY = '/dev/shm'
/** A small cluster takes about 100 MB with its WAL; a test run's databases come on top. */
const MEMORY_NEEDED = 2 ** 30

/** The folder for what lives in memory, where the system has one with at least 1 GiB free. */
export function memoryFolder(): string | undefined {
  try {
    const { bavail, bsize } = statfsSync(MEMORY)
    return bavail * bsize >= MEMORY_NEEDED ? MEMORY : undefined
  } catch {
    return undefined
  }
}

/** Makes a temporary folder, in memory where there is room. */
export function temporaryFolder(user: User): string {
  const candidates = [memoryFolder(), tmpdir(), '/tmp', '/var/tmp'].filter((folder) => folder !== undefined)
  for (const candidate of candidates) {
    try {
      if (canReach(candidate, user)) return mkdtempSync(join(candidate, 'substrata-'))
    } catch {
      // Not there, or not writable: the next one.
    }
  }
  throw noFolder({ candidates })
}

/** The folder that keeps PostgreSQL's binaries between runs. */
export function cacheFolder(user: User): string {
  const candidates = [
    ...(process.env.XDG_CACHE_HOME ? [join(process.env.XDG_CACHE_HOME, 'substrata')] : []),
    join(user.uid === undefined ? userCache() : '/var/cache', 'substrata'),
    join(tmpdir(), `substrata-cache-${process.getuid?.() ?? 'user'}`),
  ]
  return ownFolder(candidates, user)
}

/** The folder for data that root keeps where the user who runs PostgreSQL cannot go. */
export function stateFolder(user: User): string {
  return ownFolder(['/var/lib/substrata', '/var/tmp/substrata'], user)
}

/** The first of the folders that can be made, belongs to this user and to nobody else, and can be reached by `user`. */
function ownFolder(candidates: readonly string[], user: User): string {
  for (const folder of candidates) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o755 })
      const entry = lstatSync(folder)
      const mine = process.getuid === undefined || (entry.uid === process.getuid() && (entry.mode & 0o022) === 0)
      if (entry.isDirectory() && mine && canReach(folder, user)) return folder
    } catch {
      // Not writable: the next one.
    }
  }
  throw noFolder({ candidates })
}

function userCache(): string {
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches')
  if (process.platform === 'win32') return process.env.LOCALAPPDATA ?? homedir()
  return join(homedir(), '.cache')
}
