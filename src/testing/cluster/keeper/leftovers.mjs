import { lstatSync, readdirSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { acquire, isStale } from './lock.mjs'
import { stopOrphans } from './servers.mjs'

/** The lock's name in a cluster's folder. */
export const LOCK = 'keeper.lock'

/**
 * Removes a cluster's folder, with whatever still runs in it.
 *
 * @param {string} directory
 */
export async function removeDirectory(directory) {
  await stopOrphans(directory, 'immediate')
  rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
}

/**
 * Removes the temporary clusters beside this one whose keeper was killed before it could.
 *
 * @param {string} directory
 */
export async function removeLeftovers(directory) {
  const [folder, prefix] = [dirname(directory), basename(directory).replace(/[^-]*$/, '')]
  const owner = lstatSync(directory).uid
  for (const name of readdirSync(folder)) {
    const other = join(folder, name)
    if (!name.startsWith(prefix) || other === directory) continue
    try {
      // Folders of other users are theirs; their content is not to be believed.
      const entry = lstatSync(other)
      if (!entry.isDirectory() || entry.uid !== owner || !(await isStale(join(other, LOCK)))) continue
      if ((await acquire(join(other, LOCK), process.pid)) === undefined) await removeDirectory(other)
    } catch {
      // Gone in the meantime, or not ours to remove: the next start looks again.
    }
  }
}
