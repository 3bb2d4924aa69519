/** One run of a suite: the database once, then rounds in which every case gets a fresh process. */
import { fork } from 'node:child_process'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { JOB_VARIABLE, type Job, type JobResult } from './job.ts'
import { quick } from './measure.ts'
import type { BenchDatabase, CaseDefinition, Figure } from './suite.ts'

/** A case that hangs is a fault, not a figure. */
const CASE_LIMIT_MILLISECONDS = 300_000

/** How much of a failed case's output is kept for the error. */
const OUTPUT_CHARACTERS = 10_000

/** `.ts` when run from source, `.js` when compiled. */
const extension = extname(import.meta.filename)

export interface RunOptions {
  /** Where the case files are: the suite's folder. */
  readonly folder: URL
  readonly rounds: number
  readonly quick: boolean
  /** Told before each case of each round. */
  readonly onCase?: (progress: { round: number; name: string }) => void
  /** Node's flags for the processes of the cases; default: those of this process. */
  readonly execArgv?: readonly string[]
}

/** The figures of one case, one list per round. */
export interface CaseRuns {
  readonly name: string
  readonly rounds: (readonly Figure[])[]
}

/**
 * Measures every case once per round, in another order each round, so that whatever slows the machine for a while
 * falls on all of them alike.
 *
 * @throws Error when a case fails or answers wrongly.
 */
export async function runCases(
  cases: readonly CaseDefinition[],
  database: BenchDatabase,
  options: RunOptions,
): Promise<CaseRuns[]> {
  const runs = new Map(cases.map(({ name }) => [name, { name, rounds: [] as (readonly Figure[])[] }]))
  for (let round = 1; round <= options.rounds; round++) {
    for (const definition of shuffled(cases.filter(({ rounds = round }) => round <= rounds))) {
      options.onCase?.({ round, name: definition.name })
      runs.get(definition.name)?.rounds.push(await runCase(definition, database, options))
    }
  }
  return [...runs.values()]
}

function runCase(definition: CaseDefinition, database: BenchDatabase, options: RunOptions): Promise<readonly Figure[]> {
  const job: Job = {
    module: new URL(definition.module + extension, options.folder).href,
    options: definition.options ?? {},
    database,
    measure: options.quick ? quick(definition.measure) : definition.measure,
  }
  const worker = new URL(`./worker${extension}`, import.meta.url)
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(worker), {
      env: { ...process.env, [JOB_VARIABLE]: JSON.stringify(job) },
      execArgv: [...(options.execArgv ?? process.execArgv), '--expose-gc'],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      timeout: CASE_LIMIT_MILLISECONDS,
      killSignal: 'SIGKILL',
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output = (output + text).slice(0, OUTPUT_CHARACTERS)
      })
    let result: JobResult | undefined
    child.once('message', (message) => {
      result = message as JobResult
    })
    child.once('error', reject)
    child.once('close', (code, signal) => {
      if (code === 0 && result !== undefined) resolve(result.figures)
      else reject(new Error(`case "${definition.name}" failed (${signal ?? `exit code ${code}`})\n${output}`))
    })
  })
}

function shuffled<T>(values: readonly T[]): T[] {
  return values
    .map((value) => ({ value, key: Math.random() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ value }) => value)
}
