import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { keeperLost } from './errors.ts'
import type { Lifetime, Methods } from './keeper/keeper.mjs'

/** The keeper's methods, called from the process that starts the cluster. */
export type Keeper = Methods

type Reply = { id: number; result?: unknown; error?: string }

/** Starts the process that owns the cluster's servers and outlives this one just long enough to stop them. */
export function startKeeper(lifetime: Lifetime): Keeper {
  const { NODE_OPTIONS: _, ...env } = process.env
  const child = fork(fileURLToPath(new URL('./keeper/keeper.mjs', import.meta.url)), [JSON.stringify(lifetime)], {
    detached: true,
    cwd: '/',
    env,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const calls = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  let last = 0

  child.on('message', ({ id, result, error }: Reply) => {
    const waiting = calls.get(id)
    calls.delete(id)
    if (calls.size === 0) rest(child)
    if (error === undefined) waiting?.resolve(result)
    else waiting?.reject(new Error(error))
  })
  child.on('error', () => {})
  void ended.then(() => {
    for (const { reject } of calls.values()) reject(keeperLost({}))
    calls.clear()
  })
  rest(child)

  function call<Name extends keyof Methods>(method: Name) {
    return (...args: Parameters<Methods[Name]>): ReturnType<Methods[Name]> => {
      const id = ++last
      child.ref()
      child.channel?.ref()
      const reply = new Promise((resolve, reject) => {
        calls.set(id, { resolve, reject })
        child.send({ id, method, args }, (error) => error && reject(keeperLost({}, { cause: error })))
      })
      return reply as ReturnType<Methods[Name]>
    }
  }

  return {
    run: call('run'),
    start: call('start'),
    stop: call('stop'),
    kill: call('kill'),
    async close(mode) {
      if (child.exitCode !== null || child.signalCode !== null) return
      await Promise.race([call('close')(mode), ended])
      child.ref()
      await ended
    },
  }
}

/** Between calls the keeper keeps nothing alive: a program that ends without `stop()` takes its cluster with it. */
function rest(child: ChildProcess): void {
  child.unref()
  child.channel?.unref()
}
