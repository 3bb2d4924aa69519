// Who started this process. npm ends its child's shell on a signal, but nobody tells the child when npm itself is killed.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * Whether npm, which ran this script, is gone; undefined when npm did not run it. A shell may well end before what it started
 * (`node scripts/start.mjs &`); npm stays.
 */
export function watchNpm() {
  if (process.env.npm_lifecycle_event === undefined) return undefined
  const parent = process.ppid
  // Between npm and this process stands `sh -c`, unless the shell has put this process in its place.
  const above = look(parent)
  const npm = above?.command.includes(' -c ') ? above.parent : parent
  return () => process.ppid !== parent || !isAlive(npm)
}

/** The parent and the command line of a process; undefined where the system does not tell. */
function look(pid) {
  try {
    if (process.platform !== 'linux') {
      const { stdout } = spawnSync('ps', ['-ww', '-o', 'ppid=,args=', '-p', `${pid}`], { encoding: 'utf8' })
      const [, parent, command] = /^\s*(\d+)\s+(.*)/.exec(stdout)
      return { parent: Number(parent), command }
    }
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [, parent] = status.slice(status.lastIndexOf(')') + 2).split(' ')
    return { parent: Number(parent), command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') }
  } catch {
    return undefined
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
