import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { notACluster } from './errors.ts'
import { stateFolder, temporaryFolder } from './folders.ts'
import { canReach, own, serverUser, type User } from './user.ts'

/** Where a cluster lives. */
export interface Place {
  /** As the caller names it. */
  readonly directory: string
  /** Where the data is; not `directory` when PostgreSQL's user cannot go there. */
  readonly data: string
  readonly temporary: boolean
  /** Whether what lies in `data` belongs to a cluster whose directory is gone. */
  readonly outdated: boolean
}

/** Names the folder that holds the data when the directory itself cannot. */
const POINTER = 'location'
/** What a cluster that never came to its first start may have left. */
const unfinished = /^(password|keeper\.lock.*|.*\.new|.*\.log)$/

/** Who runs the servers of a directory: for root, whoever owns the data that is there. */
export function userOf(directory: string | undefined): User {
  const user = serverUser()
  if (user.uid === undefined || directory === undefined) return user
  const primary = join(resolve(directory), 'primary')
  const { uid, gid } = existsSync(primary) ? statSync(primary) : { uid: 0, gid: 0 }
  return uid === 0 ? user : { uid, gid }
}

/** Makes a place that is removed with the cluster. */
export function temporaryPlace(user: User): Place {
  const directory = temporaryFolder(user)
  own(directory, user)
  return { directory, data: realpathSync(directory), temporary: true, outdated: false }
}

/**
 * Makes or finds the place that a directory stands for. Under root's 0700 home PostgreSQL, which runs as somebody else, cannot read:
 * there the data goes to a system folder, and the directory holds its name.
 *
 * @throws SUB_CLUSTER_NOT_A_CLUSTER, SUB_CLUSTER_NO_FOLDER
 */
export function persistentPlace(asked: string, user: User): Place {
  const path = resolve(asked)
  if (!existsSync(path)) {
    mkdirSync(dirname(path), { recursive: true })
    mkdirSync(path, { mode: 0o700 })
    own(path, user)
  }
  const directory = realpathSync(path)
  const pointer = join(directory, POINTER)
  if (canReach(directory, user) && !existsSync(pointer)) {
    const entries = readdirSync(directory)
    if (!entries.includes('primary') && !entries.every((name) => unfinished.test(name)))
      throw notACluster({ directory })
    return { directory, data: directory, temporary: false, outdated: false }
  }
  const outdated = !existsSync(pointer)
  const hash = createHash('sha256').update(directory).digest('hex').slice(0, 12)
  const data = outdated
    ? join(stateFolder(user), `${basename(directory)}-${hash}`)
    : readFileSync(pointer, 'utf8').trim()
  if (!existsSync(data)) {
    mkdirSync(dirname(data), { recursive: true })
    mkdirSync(data, { mode: 0o700 })
  }
  own(data, user)
  return { directory, data, temporary: false, outdated }
}

/** Empties an outdated place and makes its directory point to it. Call it while holding the lock, which stays. */
export function renew({ directory, data, outdated }: Place): void {
  if (!outdated) return
  for (const name of readdirSync(data))
    if (!name.startsWith('keeper.lock')) rmSync(join(data, name), { recursive: true, force: true })
  writeFileSync(join(directory, POINTER), `${data}\n`)
}
