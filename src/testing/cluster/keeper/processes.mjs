// @ts-check
// Plain JavaScript: it runs in the keeper, a process of its own that starts without a loader, from sources and from dist alike.
import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/**
 * True while a process of this id exists, whoever owns it.
 * @param {number} pid
 */
export function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM'
  }
}

/**
 * Sends a signal; a process that is gone already is no error.
 * @param {number} pid
 * @param {NodeJS.Signals} signal
 */
export function signal(pid, signal) {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH') throw error
  }
}

/**
 * Waits until `condition` holds; false when it does not within `milliseconds`.
 * @param {() => boolean | Promise<boolean>} condition
 * @param {number} milliseconds
 */
export async function eventually(condition, milliseconds) {
  const deadline = performance.now() + milliseconds
  while (!(await condition())) {
    if (performance.now() > deadline) return false
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return true
}

/**
 * Ends a process and all its children at once, as a power cut would. A postmaster's children would notice its death, but one
 * that is busy only after its statement, and until then the shared memory stays taken.
 * @param {number} pid
 */
export async function crash(pid) {
  if (process.platform === 'win32') {
    await execute('taskkill', ['/F', '/T', '/PID', `${pid}`]).catch(() => {})
    return
  }
  // Stopped first, so that no child is born between the listing and the kill.
  signal(pid, 'SIGSTOP')
  const children = await childrenOf(pid)
  signal(pid, 'SIGKILL')
  for (const child of children) signal(child, 'SIGKILL')
  await eventually(() => ![...children].some(isAlive), 5_000)
}

/**
 * @param {number} pid
 * @returns {Promise<number[]>}
 */
async function childrenOf(pid) {
  if (process.platform === 'linux') {
    const lists = await readdir(`/proc/${pid}/task`)
      .then((tasks) => Promise.all(tasks.map((task) => readFile(`/proc/${pid}/task/${task}/children`, 'utf8'))))
      .catch(() => undefined)
    if (lists) return lists.join(' ').split(' ').filter(Boolean).map(Number)
  }
  const { stdout } = await execute('ps', ['-A', '-o', 'pid=,ppid='])
  return stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([, parent]) => parent === pid)
    .map(([child]) => Number(child))
}
