import { spawnSync } from 'node:child_process'

/** Who runs PostgreSQL; empty for oneself. */
export type User = { readonly uid?: number; readonly gid?: number }

/** PostgreSQL refuses to run as root: root runs it as `postgres` where that user exists, else as `nobody`. */
export function serverUser(): User {
  if (process.getuid?.() !== 0) return {}
  return lookUp('postgres') ?? lookUp('nobody') ?? {}
}

function lookUp(name: string): User | undefined {
  const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout?.trim())
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : undefined
}
