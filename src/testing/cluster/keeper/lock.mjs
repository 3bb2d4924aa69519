import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { identify } from './processes.mjs'

/**
 * @typedef {object} Holder Who holds a directory: its keeper, for the process that started the cluster. A process id alone proves
 * nothing after a crash, since the system gives it to somebody else; the time of its start does.
 * @property {number} pid
 * @property {string} started
 * @property {number} owner
 * @property {string} ownerStarted
 * @property {boolean} closing
 */

/** How long a keeper that is closing down is waited for, milliseconds. */
const PATIENCE = 20_000
/** After this, a lock file that holds nothing readable was left by a crash, milliseconds. */
const WRITING = 1_000

/**
 * Takes the lock, from a dead holder too. Waits for a keeper whose cluster is ending.
 *
 * @param {string} file
 * @param {number} owner The process that wants it.
 * @returns {Promise<Holder | undefined>} The living holder, when the lock is not to be had.
 */
export async function acquire(file, owner) {
  const deadline = performance.now() + PATIENCE
  const [started, ownerStarted] = await Promise.all([process.pid, owner].map(identify))
  const mine = { pid: process.pid, started: started ?? '', owner, ownerStarted: ownerStarted ?? '', closing: false }
  while (!create(file, mine)) {
    const text = read(file)
    const holder = parse(text)
    if (holder && (await runs(holder.pid, holder.started))) {
      const leaving = holder.closing || !(await runs(holder.owner, holder.ownerStarted))
      if (!leaving || performance.now() > deadline) return holder
    } else if (holder || isOld(file)) displace(file, text)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return undefined
}

/**
 * Tells whoever wants the directory next that waiting is worth it.
 *
 * @param {string} file
 */
export function announceClosing(file) {
  const holder = parse(read(file))
  if (holder?.pid === process.pid) writeFileSync(file, JSON.stringify({ ...holder, closing: true }))
}

/** @param {string} file */
export function release(file) {
  if (parse(read(file))?.pid === process.pid) rmSync(file, { force: true })
}

/**
 * True when the lock names a process that is gone.
 *
 * @param {string} file
 */
export async function isStale(file) {
  const holder = parse(read(file))
  return holder !== undefined && !(await runs(holder.pid, holder.started))
}

/**
 * @param {number} pid
 * @param {string} started
 */
async function runs(pid, started) {
  const now = await identify(pid)
  return now !== undefined && (now === started || now === '' || started === '')
}

/**
 * @param {string} file
 * @param {Holder} holder
 */
function create(file, holder) {
  try {
    writeFileSync(file, JSON.stringify(holder), { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false
    throw error
  }
}

/**
 * Removes a dead holder's lock. Two may find it at once: the slower one has moved the faster one's new lock aside, sees that, and
 * puts it back.
 *
 * @param {string} file
 * @param {string} text What the dead holder's lock says.
 */
function displace(file, text) {
  const aside = `${file}.${process.pid}`
  try {
    renameSync(file, aside)
    if (read(aside) !== text) linkSync(aside, file)
  } catch {
    // Somebody else was faster; the next look at the lock tells who.
  }
  rmSync(aside, { force: true })
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/**
 * @param {string} text
 * @returns {Holder | undefined}
 */
function parse(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** @param {string} file */
function isOld(file) {
  try {
    return Date.now() - statSync(file).mtimeMs > WRITING
  } catch {
    return false
  }
}
