import type { BenchDatabase, CaseOptions, Figure, Measure } from './suite.ts'

/** What a case's process is told, as JSON in the environment variable {@link JOB_VARIABLE}. */
export interface Job {
  /** URL of the case file. */
  readonly module: string
  readonly options: CaseOptions
  readonly database: BenchDatabase
  readonly measure: Measure
}

/** What a case's process sends back before it ends. */
export interface JobResult {
  readonly figures: readonly Figure[]
}

export const JOB_VARIABLE = 'SUBSTRATA_BENCH_JOB'
