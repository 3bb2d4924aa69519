import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/**
 * True while a process of this id runs, whoever owns it. A zombie has ended: it waits only for its parent to take note.
 *
 * @param {number} pid
 * @returns {boolean}
 */
export function isAlive(pid) {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (codeOf(error) !== 'EPERM') return false
  }
  return statusOf(pid)?.[0] !== 'Z'
}

/**
 * Tells a process from a later one that was given the same id: when it started, in a form that only compares for equality.
 *
 * @param {number} pid
 * @returns {Promise<string | undefined>} undefined when there is no such process, '' where the system does not tell.
 */
export async function identify(pid) {
  if (!isAlive(pid)) return undefined
  const started = statusOf(pid)?.[19]
  if (started !== undefined) return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${started}`
  if (process.platform === 'win32') return ''
  return execute('ps', ['-o', 'lstart=', '-p', `${pid}`]).then(
    ({ stdout }) => stdout.trim(),
    () => undefined,
  )
}

/**
 * The command line of a process; '' where it cannot be read.
 *
 * @param {number} pid
 * @returns {Promise<string>}
 */
export async function commandLine(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    if (process.platform === 'win32') return ''
    return execute('ps', ['-ww', '-o', 'args=', '-p', `${pid}`]).then(
      ({ stdout }) => stdout,
      () => '',
    )
  }
}

/**
 * Sends a signal, to a process group when the id is negative. One that is gone already is no error.
 *
 * @param {number} pid
 * @param {NodeJS.Signals} name
 */
export function signal(pid, name) {
  try {
    process.kill(pid, name)
  } catch (error) {
    if (codeOf(error) !== 'ESRCH') throw error
  }
}

/**
 * Ends a process and its children at once, as a power cut would. PostgreSQL's children notice the death of their postmaster, but
 * a busy one only after its statement, and until then the shared memory stays taken.
 *
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
  for (const each of [pid, ...children]) signal(each, 'SIGKILL')
  await eventually(() => !children.some(isAlive), 5_000)
}

/**
 * Waits until `condition` holds.
 *
 * @param {() => boolean} condition
 * @param {number} milliseconds
 * @returns {Promise<boolean>} false when it did not hold in time.
 */
export async function eventually(condition, milliseconds) {
  const deadline = performance.now() + milliseconds
  while (!condition()) {
    if (performance.now() > deadline) return false
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return true
}

/**
 * @param {number} pid
 * @returns {Promise<number[]>}
 */
async function childrenOf(pid) {
  try {
    const tasks = readdirSync(`/proc/${pid}/task`)
    const lists = tasks.map((task) => readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8'))
    return lists.join(' ').split(' ').filter(Boolean).map(Number)
  } catch {
    const { stdout } = await execute('ps', ['-A', '-o', 'pid=,ppid='])
    const pairs = stdout.split('\n').map((line) => line.trim().split(/\s+/).map(Number))
    return pairs.flatMap(([child, parent]) => (child !== undefined && parent === pid ? [child] : []))
  }
}

/**
 * The fields of Linux' /proc/PID/stat from the state on (field 3 of proc_pid_stat(5)); undefined elsewhere.
 *
 * @param {number} pid
 * @returns {string[] | undefined}
 */
function statusOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return /** @type {NodeJS.ErrnoException} */ (error).code
}
