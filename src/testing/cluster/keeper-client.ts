import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { cleanEnvironment } from './environment.ts'
import { clusterEnded } from './errors.ts'
import type { KeeperMethods, Lifetime, Reply } from './keeper/protocol.ts'

/** The keeper of one cluster, seen from the process that starts the cluster. */
export interface Keeper extends KeeperMethods {
  /** How the keeper ended: having closed everything, or because somebody killed it. */
  readonly ended: Promise<'closed' | 'lost'>
  /** @throws SUB_CLUSTER_ENDED */
  requireRunning(): void
}

/** Starts the process that owns the cluster's servers, and outlives this one just long enough to stop them. */
export function startKeeper(lifetime: Omit<Lifetime, 'owner'>): Keeper {
  const child = launch({ ...lifetime, owner: process.pid })
  const calls = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  const ended = new Promise<'closed' | 'lost'>((resolve) => {
    child.once('exit', (code) => resolve(code === 0 ? 'closed' : 'lost'))
    // A message that no longer reaches a keeper which is ending is an error too: how it ended, its exit says.
    child.on('error', () => child.pid === undefined && resolve('lost'))
  })
  let last = 0

  child.on('message', ({ id, result, error }: Reply) => {
    const call = calls.get(id)
    settle(id)
    if (error === undefined) call?.resolve(result)
    else call?.reject(new Error(error))
  })
  void ended.then(() => {
    for (const [id, { reject }] of calls) {
      settle(id)
      reject(clusterEnded({}))
    }
  })
  rest(child)

  function settle(id: number): void {
    calls.delete(id)
    if (calls.size === 0) rest(child)
  }

  function requireRunning(): void {
    if (!child.connected) throw clusterEnded({})
  }

  function caller<Name extends keyof KeeperMethods>(method: Name): KeeperMethods[Name] {
    const call = (...args: unknown[]) =>
      new Promise((resolve, reject) => {
        requireRunning()
        const id = ++last
        calls.set(id, { resolve, reject })
        wake(child)
        child.send({ id, method, args })
      })
    return call as KeeperMethods[Name]
  }

  return {
    claim: caller('claim'),
    run: caller('run'),
    start: caller('start'),
    stop: caller('stop'),
    kill: caller('kill'),
    async close(mode) {
      // The keeper answers by ending.
      if (child.connected) caller('close')(mode).catch(() => {})
      await ended
    },
    ended,
    requireRunning,
  }
}

function launch(lifetime: Lifetime): ChildProcess {
  return fork(fileURLToPath(new URL('./keeper/keeper.mjs', import.meta.url)), [JSON.stringify(lifetime)], {
    detached: true,
    cwd: '/',
    env: cleanEnvironment(),
    // Else it would get the loaders and debuggers of this process.
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
}

function wake(child: ChildProcess): void {
  child.ref()
  child.channel?.ref()
}

/** Between calls the keeper keeps nothing alive: a program that ends without `stop()` takes its cluster with it. */
function rest(child: ChildProcess): void {
  child.unref()
  child.channel?.unref()
}
