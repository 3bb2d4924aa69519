/**
 * What a suite and a case look like. A suite describes its database, its cases and its ratios; a case file prepares one
 * thing to call. The harness does the rest: processes, rounds, clocks, checks, figures.
 */
import type { ClusterOptions } from 'substrata/testing'

/** The database of one run, as every case gets it. Plain data: it crosses to the case's process. */
export interface BenchDatabase {
  /** As the application role. */
  readonly url: string
  /** As the owner of the tables. */
  readonly ownerUrl: string
  /** As the superuser. */
  readonly adminUrl: string
  /** The same database on the standbys, as the application role. */
  readonly standbyUrls?: readonly string[]
}

/** A benchmark suite: the constant `suite` of `bench/suites/<name>/index.ts`. */
export interface Suite {
  /** One line for the list of suites. */
  readonly summary: string
  /** Of the cluster that is started for the run; `standbys`, `settings`. */
  readonly cluster?: Pick<ClusterOptions, 'standbys' | 'settings' | 'durable'>
  /** Makes the database of the run, once, on the fresh cluster. */
  setup(server: BenchServer): Promise<BenchDatabase>
  readonly cases: readonly CaseDefinition[]
  readonly ratios: readonly RatioDefinition[]
}

/** The cluster of the run, for {@link Suite.setup}. */
export interface BenchServer {
  /** Superuser URL of the primary. */
  readonly url: string
  /** Superuser URLs of the standbys. */
  readonly standbyUrls: readonly string[]
}

export interface CaseDefinition {
  /** Unique in the suite. The figures and the ratios are named after it. */
  readonly name: string
  /** The case file, from the suite's folder and without its extension: `find-unique/pg`. It is a {@link CaseModule}. */
  readonly module: string
  /** Handed to `prepare`, where one file serves several cases. Plain data. */
  readonly options?: CaseOptions
  readonly measure: Measure
  /** In how many rounds it runs, where not in all: for what takes minutes and does not vary. */
  readonly rounds?: number
}

export type CaseOptions = Readonly<Record<string, string | number | boolean>>

/** How a case is measured; see `bench/README.md` for when to take which. */
export type Measure =
  /** Calls per second by so many concurrent callers, each calling again as soon as it is answered. */
  | {
      readonly kind: 'throughput'
      readonly callers: number
      readonly milliseconds: number
      /** Milliseconds of calls before the clock starts; default 3000. */
      readonly warmUp?: number
      /** Latency percentiles (50, 99, 99.9) of the same calls, as further figures. */
      readonly percentiles?: readonly number[]
    }
  /** Milliseconds per call, one after the other: the median of so many calls. */
  | { readonly kind: 'duration'; readonly calls: number }
  /** Items per second of calls that handle so many items each, one after the other: the median of so many calls. */
  | { readonly kind: 'rate'; readonly calls: number; readonly items: number; readonly unit: string }
  /**
   * Megabytes: peak resident memory of the process, and the heap that so many calls leave behind, made by so many callers
   * (default 1). The heap counts from after `warmUp` calls (default 0), which fill what is meant to be kept.
   */
  | { readonly kind: 'memory'; readonly calls: number; readonly callers?: number; readonly warmUp?: number }
  /** What the call itself answers, a number: the median of so many calls. */
  | { readonly kind: 'count'; readonly calls: number; readonly unit: string }
  /** Milliseconds from the start of the process to the first call's answer; loading and connecting included. */
  | { readonly kind: 'startup' }

/** What a case file exports. */
export interface CaseModule {
  readonly prepare: (database: BenchDatabase, options: CaseOptions) => Promise<PreparedCase>
}

/** One thing to call, ready: connected, caches empty or full as the case wants it. */
export interface PreparedCase<Input = unknown, Result = unknown> {
  /** Makes the input of the next call, outside the clock where calls are timed one by one. */
  input?(): Input
  /** Prepares the state for the next call (an empty table), outside the clock. Not called under `throughput`. */
  before?(input: Input): Promise<void>
  /** The call that is measured. */
  run(input: Input): Promise<Result>
  /** Throws when the result is not the right one for the input; that fails the run. */
  check(result: Result, input: Input): void | Promise<void>
  /** False for an answer that is right but does not count as work done, such as being turned away. Under `throughput`. */
  counts?(result: Result): boolean
  /** Clears up after a call, outside the clock. Not called under `throughput`. */
  after?(result: Result, input: Input): Promise<void>
  close(): Promise<void>
}

/** A figure of merit of the suite. */
export interface RatioDefinition {
  readonly name: string
  /** The case (or one of its further figures: `name p99`). */
  readonly of: string
  /** The case that it is divided by; without it the figure stands for itself. */
  readonly to?: string
  /** The case that is taken off it, for a price in the cases' own unit. */
  readonly less?: string
  readonly target?: number
  readonly better: 'higher' | 'lower'
}

/** One number that one run of a case yields. */
export interface Figure {
  /** Empty for the case's main figure, else what is appended to the case's name: `p99`, `heap`. */
  readonly suffix: string
  readonly unit: string
  readonly value: number
}
