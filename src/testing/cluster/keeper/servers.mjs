import { execFile, spawn } from 'node:child_process'
import { closeSync, fstatSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { commandLine, crash, eventually, isAlive, signal } from './processes.mjs'
import { endingWithKeeper } from './programs.mjs'

const execute = promisify(execFile)

/** How long a server may take for each way of stopping it, milliseconds; after the last it is killed. */
const PATIENCE = { fast: 10_000, immediate: 3_000 }
/** Recovery after a crash may take minutes; a server that hangs for longer never comes. */
const START = 300_000

/** The running servers of this keeper by data directory. @type {Map<string, import('node:child_process').ChildProcess>} */
const servers = new Map()
/** The data directories whose server was killed and not started again. @type {Set<string>} */
const killed = new Set()

/**
 * @param {string} data
 * @param {string} log
 * @param {import('./protocol.ts').Command} command
 * @returns {Promise<import('./protocol.ts').Ended | undefined>}
 */
export async function startServer(data, log, command) {
  if (servers.has(data)) return undefined
  const { file, args, ...options } = endingWithKeeper(command)
  const output = openSync(log, 'a', 0o600)
  const before = fstatSync(output).size
  const server = spawn(file, args, { ...options, stdio: ['ignore', output, output], cwd: '/', windowsHide: true })
  closeSync(output)
  servers.set(data, server)
  killed.delete(data)
  /** @type {Promise<import('./protocol.ts').Ended>} */
  const ended = new Promise((resolve, reject) => {
    server.once('error', reject)
    server.once('exit', (code) =>
      resolve({ code, output: readFileSync(log).subarray(before).toString().slice(-8_000) }),
    )
  })
  const forget = () => servers.get(data) === server && servers.delete(data)
  ended.then(forget, forget)
  const ready = eventually(() => servers.get(data) !== server || isReady(data, server.pid), START)
  return Promise.race([ended, ready.then(() => (servers.get(data) === server ? undefined : ended))])
}

/**
 * @param {string} data
 * @param {import('./protocol.ts').StopMode} mode
 */
export async function stopServer(data, mode) {
  const server = servers.get(data)
  if (server?.pid !== undefined) await shutDown(server.pid, data, mode, () => servers.get(data) !== server)
}

/** @param {string} data */
export async function killServer(data) {
  const server = servers.get(data)
  if (server?.pid === undefined) return
  killed.add(data)
  await crash(server.pid)
  await eventually(() => servers.get(data) !== server, PATIENCE.immediate)
}

/** @param {import('./protocol.ts').StopMode} mode */
export async function stopServers(mode) {
  await Promise.all([...servers.keys()].map((data) => stopServer(data, mode)))
}

/**
 * Removes the shared memory by which a server keeps others off its data: one that was killed leaves it to its next start, and a
 * temporary one has none.
 */
export async function removeSharedMemory() {
  for (const data of killed) {
    const segment = pidFile(data)[6]?.trim().split(/\s+/)[1]
    if (segment) await execute('ipcrm', ['-m', segment]).catch(() => {})
  }
}

/**
 * Stops the servers that a keeper which was killed left running below a directory, and removes their pid files: a pid file whose
 * process id belongs to somebody else by now would keep PostgreSQL from starting.
 *
 * @param {string} directory
 * @param {import('./protocol.ts').StopMode} mode
 */
export async function stopOrphans(directory, mode) {
  const folders = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  await Promise.all(folders.map(({ name }) => stopOrphan(join(directory, name), mode)))
}

/**
 * @param {string} data
 * @param {import('./protocol.ts').StopMode} mode
 */
async function stopOrphan(data, mode) {
  const [id, served] = pidFile(data)
  if (!id || !served) return
  const pid = Number(id)
  const command = isAlive(pid) ? await commandLine(pid) : undefined
  // Where a process cannot be looked at, the judgement is PostgreSQL's.
  if (command === '') return
  if (command?.includes(served)) await shutDown(pid, data, mode, () => !isAlive(pid))
  rmSync(join(data, 'postmaster.pid'), { force: true })
}

/**
 * @param {number} pid
 * @param {string} data
 * @param {import('./protocol.ts').StopMode} mode
 * @param {() => boolean} gone
 */
async function shutDown(pid, data, mode, gone) {
  if (mode === 'fast') {
    await request(pid, data, 'fast')
    if (await eventually(gone, PATIENCE.fast)) return
  }
  await request(pid, data, 'immediate')
  if (await eventually(gone, PATIENCE.immediate)) return
  killed.add(data)
  await crash(pid)
  await eventually(gone, PATIENCE.immediate)
}

/**
 * Asks a postmaster to stop (PostgreSQL documentation, "Shutting Down the Server"). Windows has no signals; there pg_ctl knows how.
 *
 * @param {number} pid
 * @param {string} data
 * @param {import('./protocol.ts').StopMode} mode
 */
async function request(pid, data, mode) {
  if (process.platform !== 'win32') return signal(pid, mode === 'fast' ? 'SIGINT' : 'SIGQUIT')
  const program = /^"?(.+?)"? "-D"/.exec(readFileSync(join(data, 'postmaster.opts'), 'utf8'))?.[1] ?? 'postgres'
  await execute(join(dirname(program), 'pg_ctl'), ['stop', '-D', data, '-m', mode, '-W']).catch(() => {})
}

/**
 * Reads what pg_ctl reads: the last line of postmaster.pid says when the server takes connections.
 *
 * @param {string} data
 * @param {number | undefined} pid
 */
function isReady(data, pid) {
  const lines = pidFile(data)
  return Number(lines[0]) === pid && /^(ready|standby)/.test(lines[7] ?? '')
}

/**
 * @param {string} data
 * @returns {string[]} Process id, data directory, start, port, socket folder, address, shared memory, status.
 */
function pidFile(data) {
  try {
    return readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')
  } catch {
    return []
  }
}
