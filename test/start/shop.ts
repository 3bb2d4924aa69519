import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { User } from './clone.ts'
import { descendantsOf, eventually, listProcesses, type Process } from './processes.ts'

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A start of the shop in a clone, as a user sees it. */
export interface Start extends AsyncDisposable {
  readonly process: ChildProcess
  readonly pid: number
  /** All that it has written so far. */
  readonly stdout: string
  readonly stderr: string
  readonly exit: Promise<Exit>
  /** Waits for a text in the output; fails when the start ends without it. */
  says(text: string, seconds?: number): Promise<void>
  /** Waits until the shop is open and returns its URL. */
  opened(seconds?: number): Promise<string>
  /** What runs below it, without the cluster's keeper, which stands alone. */
  descendants(): Process[]
}

export interface StartSettings {
  folder: string
  args?: readonly string[]
  /** Through npm, as the README says; else the script that npm runs. */
  npm?: boolean
  env?: Readonly<Record<string, string>>
  user?: User | undefined
}

/** A small shop: a hundred users. */
export const SMALL = ['--scale', '0.02', '--port', '0']

/** Starts the shop as the leader of a process group, so that a signal to the group is what Ctrl-C is in a terminal. */
export function start({ folder, args = SMALL, npm = false, env = {}, user }: StartSettings): Start {
  const command = npm
    ? ['npm', 'start', '--', ...args]
    : [process.execPath, join(folder, 'scripts', 'start.mjs'), ...args]
  const child = spawn(command[0]!, command.slice(1), {
    cwd: folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...cleanEnvironment(), ...env },
    ...user,
  })
  const exit = new Promise<Exit>((resolve, reject) => {
    child.once('error', reject)
    // Not 'exit': only now has everything been read that was written.
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
  let [stdout, stderr] = ['', '']
  let ended = false
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  void exit.finally(() => {
    ended = true
  })

  const says = async (text: string, seconds?: number): Promise<void> => {
    const found = () => (stdout + stderr).includes(text)
    await eventually(`"${text}" in the output`, () => found() || ended, seconds)
    if (!found()) throw new Error(`it ended without saying "${text}":\n${stdout}${stderr}`)
  }
  const self: Start = {
    process: child,
    pid: child.pid!,
    get stdout() {
      return stdout
    },
    get stderr() {
      return stderr
    },
    exit,
    says,
    async opened(seconds) {
      await says('Ctrl-C ends it', seconds)
      return /The shop is open at (\S+)/.exec(stdout)![1]!
    },
    descendants: () => descendantsOf(child.pid!),
    async [Symbol.asyncDispose]() {
      if (ended) return
      child.kill('SIGTERM')
      await exit
    },
  }
  return self
}

/** Waits until nothing of a start is left: no process, no lock. */
export async function expectNothingLeft(folder: string, family: readonly Process[] = []): Promise<void> {
  await eventually(
    'its processes ended',
    () => !listProcesses().some(({ pid }) => family.some((one) => one.pid === pid)),
  )
  await eventually('PostgreSQL and its keeper ended', () =>
    listProcesses().every(({ command }) => !command.includes(join(folder, '.substrata'))),
  )
  const left = locks(join(folder, '.substrata'))
  if (left.length > 0) throw new Error(`left behind: ${left.join(', ')}`)
}

function locks(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /(^|\/)(postmaster\.pid|keeper\.lock)$/.test(name),
  )
}

/** The environment without what vitest and npm have put into it. */
function cleanEnvironment(): Record<string, string> {
  const dropped =
    /^(npm_(?!config_(registry|cache|userconfig)$)|VITEST|NODE_(ENV|OPTIONS|V8_COVERAGE)|SUBSTRATA_|(MIGRATE_)?DATABASE_URL|TEST$)/i
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value === undefined || dropped.test(name) ? [] : [[name, value]],
    ),
  )
}
