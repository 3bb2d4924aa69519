import { spawnSync } from 'node:child_process'
import { chownSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Who runs PostgreSQL; empty for the user of this process. */
export interface User {
  readonly uid?: number
  readonly gid?: number
}

/** PostgreSQL refuses to run as root: root runs it as `postgres` where that user exists, else as `nobody`. */
export function serverUser(): User {
  if (process.getuid?.() !== 0) return {}
  return lookUp('postgres') ?? lookUp('nobody') ?? {}
}

function lookUp(name: string): User | undefined {
  const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout?.trim())
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : undefined
}

/** True when the user can reach an existing folder: root's home, say, lets nobody else through. */
export function canReach(folder: string, user: User): boolean {
  if (user.uid === undefined) return true
  for (let path = realpathSync(folder); ; path = dirname(path)) {
    const { uid, mode } = statSync(path)
    if ((mode & (uid === user.uid ? 0o100 : 0o001)) === 0) return false
    if (path === dirname(path)) return true
  }
}

/** Gives a file or folder to the user. */
export function own(path: string, { uid, gid }: User): void {
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid)
}

/** Gives a folder and all that is in it to the user. */
export function ownTree(folder: string, user: User): void {
  if (user.uid === undefined) return
  own(folder, user)
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true }))
    own(join(entry.parentPath, entry.name), user)
}
