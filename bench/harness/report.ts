import type { Environment } from './environment.ts'
import type { CaseRuns } from './run.ts'
import { median } from './statistics.ts'
import type { RatioDefinition } from './suite.ts'

/** What a run says, and what `--json` prints. */
export interface Report {
  readonly suite: string
  readonly environment: Environment
  readonly cases: readonly CaseReport[]
  readonly ratios: readonly RatioReport[]
}

/** The figures of a case over the rounds; `runs` is how many there are. */
export interface CaseReport {
  readonly name: string
  readonly unit: string
  readonly median: number
  readonly min: number
  readonly max: number
  readonly runs: number
}

export interface RatioReport {
  readonly name: string
  readonly value: number
  readonly target: number | null
  readonly better: 'higher' | 'lower'
}

/** One entry per figure: the case's name, and for further figures the name with the figure's suffix. */
export function caseReports(runs: readonly CaseRuns[]): CaseReport[] {
  return runs.flatMap(({ name, rounds }) =>
    (rounds[0] ?? []).map(({ suffix, unit }, index) => {
      const values = rounds.map((figures) => figures[index]!.value)
      return {
        name: suffix === '' ? name : `${name} ${suffix}`,
        unit,
        median: round(median(values)),
        min: round(Math.min(...values)),
        max: round(Math.max(...values)),
        runs: values.length,
      }
    }),
  )
}

/**
 * The suite's ratios, of the medians in the same report.
 *
 * @throws Error when a ratio names a case that is not there.
 */
export function ratioReports(definitions: readonly RatioDefinition[], cases: readonly CaseReport[]): RatioReport[] {
  const medianOf = (name: string) => {
    const found = cases.find((entry) => entry.name === name)
    if (found === undefined) throw new Error(`a ratio names the case "${name}", which the suite does not have`)
    return found.median
  }
  return definitions.map(({ name, of, to, less, target, better }) => {
    const figure = less === undefined ? medianOf(of) : medianOf(of) - medianOf(less)
    return {
      name,
      value: round(to === undefined ? figure : figure / medianOf(to)),
      target: target ?? null,
      better,
    }
  })
}

/** Whether a ratio reaches its target; undefined where it has none. */
export function reached({ value, target, better }: RatioReport): boolean | undefined {
  if (target === null) return undefined
  return better === 'higher' ? value >= target : value <= target
}

/** Four significant digits say more than the machine can promise. */
function round(value: number): number {
  return Number(value.toPrecision(4))
}
