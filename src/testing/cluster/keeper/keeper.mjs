// The keeper: the parent of one cluster's PostgreSQL processes. It holds a pipe to the process that started the cluster; when that
// pipe closes, for whatever reason, it stops every server and removes what is temporary. It stands in a session of its own, so
// a Ctrl-C in the terminal reaches the program, which decides, and never the servers behind its back.
//
// This folder is plain JavaScript: the keeper starts without a loader, from the sources as from dist/.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { LOCK, removeDirectory, removeLeftovers } from './leftovers.mjs'
import { acquire, announceClosing, release } from './lock.mjs'
import { endPrograms, runProgram } from './programs.mjs'
import { killServer, removeSharedMemory, startServer, stopOrphans, stopServer, stopServers } from './servers.mjs'

/** @type {import('./protocol.ts').Lifetime} */
const { directory, temporary, owner } = JSON.parse(process.argv[2] ?? '')
const lock = join(directory, LOCK)
process.title = `substrata-keeper ${directory}`

/** Resolves to whether the directory is this keeper's. @type {Promise<boolean>} */
let claimed = Promise.resolve(false)
/** @type {Promise<void> | undefined} */
let closing

/** @type {import('./protocol.ts').KeeperMethods} */
const methods = {
  async claim() {
    const holder = acquire(lock, owner)
    claimed = holder.then(
      (other) => other === undefined,
      () => false,
    )
    const other = await holder
    if (other) return { owner: other.owner }
    await stopOrphans(directory, 'fast')
    if (temporary) void removeLeftovers(directory)
    return undefined
  },
  run: runProgram,
  start: startServer,
  stop: stopServer,
  kill: killServer,
  close: (mode) => {
    closing ??= close(mode).finally(() => process.exit())
    return closing
  },
}

/** @param {import('./protocol.ts').StopMode} mode */
async function close(mode) {
  if (!(await claimed) && existsSync(lock)) return
  announceClosing(lock)
  await endPrograms()
  await stopServers(mode)
  if (!temporary) return release(lock)
  await removeSharedMemory()
  await removeDirectory(directory)
}

const end = () => void methods.close(temporary ? 'immediate' : 'fast')
process.on('disconnect', end)
process.on('SIGTERM', end)
process.on('SIGINT', () => {})
process.on('SIGHUP', () => {})
process.on('uncaughtException', end)
process.on('unhandledRejection', end)

process.on('message', (/** @type {import('./protocol.ts').Request} */ request) => void answer(request))

/** @param {import('./protocol.ts').Request} request */
async function answer({ id, method, args }) {
  /** @type {import('./protocol.ts').Reply} */
  let reply
  try {
    if (closing) throw new Error('the cluster is closing')
    const call = /** @type {(...args: readonly unknown[]) => Promise<unknown>} */ (methods[method])
    reply = { id, result: await call(...args) }
  } catch (error) {
    reply = { id, error: error instanceof Error ? error.message : String(error) }
  }
  if (process.connected) process.send?.(reply)
}
