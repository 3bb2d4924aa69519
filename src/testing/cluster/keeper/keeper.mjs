// @ts-check
// The keeper: the parent of one cluster's PostgreSQL processes. It holds a pipe to the process that started the cluster, and when
// that pipe closes, for whatever reason, it stops every server and removes what is temporary. It stands in a session of its
// own, so a Ctrl-C in the terminal reaches the program, which decides, and never the servers behind its back.
//
// Plain JavaScript: it starts without a loader, from sources and from dist alike.
import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { crash, eventually, signal } from './processes.mjs'

/**
 * @typedef {object} Command What runs, and as whom.
 * @property {string} file
 * @property {string[]} args
 * @property {Record<string, string>} env
 * @property {number} [uid]
 * @property {number} [gid]
 *
 * @typedef {object} Lifetime What the keeper is told at its start, as JSON in its only argument.
 * @property {string[]} temporary Folders that are removed when it ends.
 *
 * @typedef {{ code: number | null, output: string }} Ended
 *
 * @typedef {object} Methods The calls that the starting process may make.
 * @property {(command: Command) => Promise<Ended>} run Runs a command to its end.
 * @property {(data: string, log: string, command: Command) => Promise<Ended | undefined>} start Starts a server on a data
 * directory; undefined once it takes connections, else how it ended.
 * @property {(data: string, mode: 'fast' | 'immediate') => Promise<void>} stop
 * @property {(data: string) => Promise<void>} kill
 * @property {(mode: 'fast' | 'immediate') => Promise<void>} close Stops everything and ends the keeper.
 */

const LIMIT_FAST = 10_000
const LIMIT_IMMEDIATE = 3_000

/** @type {Lifetime} */
const lifetime = JSON.parse(process.argv[2] ?? '{"temporary":[]}')
/** Running servers by data directory. @type {Map<string, import('node:child_process').ChildProcess>} */
const servers = new Map()
/** Commands that run to their end. @type {Set<import('node:child_process').ChildProcess>} */
const commands = new Set()

/** @type {Methods} */
const methods = {
  run: (command) =>
    new Promise((resolve, reject) => {
      const child = launch(command, ['ignore', 'pipe', 'pipe'])
      commands.add(child)
      let output = ''
      for (const stream of [child.stdout, child.stderr])
        stream?.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
          output = (output + text).slice(-10_000)
        })
      child.once('error', reject)
      child.once('close', (code) => {
        commands.delete(child)
        resolve({ code, output })
      })
    }),

  async start(data, log, command) {
    const file = openSync(log, 'w', 0o600)
    const server = launch(command, ['ignore', file, file])
    closeSync(file)
    servers.set(data, server)
    /** @type {Promise<Ended>} */
    const ended = new Promise((resolve, reject) => {
      server.once('error', reject)
      server.once('exit', (code) => {
        if (servers.get(data) === server) servers.delete(data)
        resolve({ code, output: readFileSync(log, 'utf8').slice(-10_000) })
      })
    })
    const ready = eventually(() => !servers.has(data) || isReady(data, server.pid), 300_000).then(() => undefined)
    return Promise.race([ready.then(() => (servers.get(data) === server ? undefined : ended)), ended])
  },

  async stop(data, mode) {
    const pid = servers.get(data)?.pid
    if (pid === undefined) return
    const gone = () => servers.get(data)?.pid !== pid
    if (mode === 'fast') {
      signal(pid, 'SIGINT')
      if (await eventually(gone, LIMIT_FAST)) return
    }
    signal(pid, 'SIGQUIT')
    if (await eventually(gone, LIMIT_IMMEDIATE)) return
    await crash(pid)
    await eventually(gone, LIMIT_IMMEDIATE)
  },

  async kill(data) {
    const pid = servers.get(data)?.pid
    if (pid === undefined) return
    await crash(pid)
    await eventually(() => servers.get(data)?.pid !== pid, LIMIT_IMMEDIATE)
  },

  async close(mode) {
    for (const child of commands) if (child.pid !== undefined) await crash(child.pid)
    await Promise.all([...servers.keys()].map((data) => methods.stop(data, mode)))
    for (const folder of lifetime.temporary) rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
    setImmediate(() => process.exit(0))
  },
}

/**
 * @param {Command} command
 * @param {import('node:child_process').StdioOptions} stdio
 */
function launch({ file, args, env, uid, gid }, stdio) {
  const identity = uid === undefined || gid === undefined ? {} : { uid, gid }
  return spawn(file, args, { ...identity, env, stdio, cwd: '/', windowsHide: true })
}

/**
 * Reads what pg_ctl reads: the last line of postmaster.pid says when the server takes connections.
 * @param {string} data
 * @param {number | undefined} pid
 */
function isReady(data, pid) {
  try {
    const lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')
    return Number(lines[0]) === pid && /^(ready|standby)\s*$/.test(lines[7] ?? '')
  } catch {
    return false
  }
}

const lastMode = lifetime.temporary.length > 0 ? 'immediate' : 'fast'
let closing = false
function end() {
  if (closing) return
  closing = true
  void methods.close(lastMode)
}

process.on('disconnect', end)
process.on('SIGTERM', end)
process.on('SIGINT', () => {})
process.on('SIGHUP', () => {})
process.on('uncaughtException', end)
process.on('unhandledRejection', end)

process.on('message', (/** @type {{ id: number, method: keyof Methods, args: unknown[] }} */ { id, method, args }) => {
  const call = /** @type {(...args: unknown[]) => Promise<unknown>} */ (methods[method])
  call(...args).then(
    (result) => process.send?.({ id, result }),
    (error) => process.send?.({ id, error: String(error?.message ?? error) }),
  )
})
