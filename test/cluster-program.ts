import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** A program in a process of its own that starts clusters. */
export interface Program {
  readonly child: ChildProcess
  /** The lines it has printed so far. */
  readonly lines: string[]
  /** Resolves to the first line that it prints; rejects with its output when it ends before. */
  readonly firstLine: Promise<string>
  /** Resolves when it has ended. */
  readonly ended: Promise<void>
}

/**
 * Runs a program in which `startCluster` is imported, in a process group of its own as a terminal's foreground program is.
 *
 * @param code - An ES module.
 * @param options.module - Where `startCluster` comes from; default: the sources.
 * @param options.node - The Node that runs it; default: this one.
 */
export function startProgram(
  code: string,
  options: { module?: string; node?: string; cwd?: string; env?: NodeJS.ProcessEnv; uid?: number; gid?: number } = {},
): Program {
  const { module, node = process.execPath, cwd = root, env = {}, ...identity } = options
  const loader = module === undefined ? ['--import', 'tsx', '--conditions=substrata-source'] : []
  const source = `import { startCluster } from '${module ?? 'substrata/testing'}'\n${code}`
  const child = spawn(node, [...loader, '--input-type=module', '-e', source], {
    ...identity,
    cwd,
    env: { ...process.env, ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: string[] = []
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  const output = createInterface(child.stdout)
  const firstLine = new Promise<string>((resolve, reject) => {
    output.on('line', (line) => {
      lines.push(line)
      resolve(line)
    })
    child.once('close', () => reject(new Error(`the program ended before it printed anything:\n${errors}`)))
  })
  firstLine.catch(() => {})
  return { child, lines, firstLine, ended: once(child, 'close').then(() => {}) }
}

/** The ids of the processes whose command line names a folder. */
export function processesOf(folder: string): number[] {
  return execFileSync('ps', ['-A', '-ww', '-o', 'pid=,stat=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, state, ...args]) => !state?.startsWith('Z') && args.join(' ').includes(folder))
    .map(([pid]) => Number(pid))
}

/** Waits until a condition holds; the test's own time limit ends the wait. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(20)
}
