/** The features in their order. It stands here and nowhere else: what a user or a feature registers first is of no account. */
import type { DatabaseConfig } from '../core/config.ts'
import type { Context } from '../core/context.ts'
import type { Events } from '../core/events.ts'
import type { SchemaMeta } from '../schema/model-meta.ts'
import type { Ask, FailedStatement, Feature, FeatureName, ModelMethod, PendingCall, RowsOf } from './feature.ts'

const order: readonly FeatureName[] = ['rls', 'bulk', 'pagination', 'search', 'views']

/** Makes a feature for one client; nothing where the schema has no use for it. */
export type FeatureFactory = (schema: SchemaMeta, options: FeatureOptions, site: FeatureSite) => Feature | undefined

/** The client that a feature is made for. */
export interface FeatureSite {
  readonly config: DatabaseConfig
  readonly events: Events
}

/** What users may say about features. */
export interface FeatureOptions {
  /** Roles that a context may name, beside those that policies name. */
  readonly roles?: readonly string[]
  /**
   * Whether the database is asked at start if its policies hold for the connecting role. Default true; a deployment that checks
   * with `substrata doctor` may do without.
   */
  readonly checkRowSecurity?: boolean
}

/** All features of a client as one. */
export interface Stages {
  /** Whether every statement carries a context, or those on connections that have seen one. */
  readonly context: 'always' | 'used'
  start(ask: Ask): Promise<void>
  /** Whether any feature takes part in the calls of a model, or in raw SQL. */
  concerns(model: string | undefined): boolean
  /** @throws what the first feature that refuses it throws */
  admitContext(context: Context): Context
  /** What a call is refused with, if it is. */
  refusal(call: PendingCall): unknown
  /** Waits for an answer and passes it on, unless a feature refuses it. */
  answered(call: PendingCall, answer: Promise<unknown>, rowsOf?: RowsOf): Promise<unknown>
  explain(failed: FailedStatement): unknown
  /** Every method that features add to models. */
  readonly methods: Readonly<Record<string, ModelMethod>>
}

export function createStages(features: readonly Feature[]): Stages {
  const sorted = features.toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name))
  // Whoever only adds methods has nothing to say to other calls, of which there are many more.
  const guards = sorted.filter((each) => each.admit !== undefined || each.inspector !== undefined)
  return {
    context: sorted.some((each) => each.alwaysContext) ? 'always' : 'used',
    async start(ask) {
      for (const each of sorted) await each.start?.(ask)
    },
    concerns: (model) => guards.some((each) => model === undefined || (each.concerns?.(model) ?? true)),
    admitContext(context) {
      for (const each of sorted) each.admitContext?.(context)
      return context
    },
    refusal(call) {
      try {
        for (const each of guards) each.admit?.(call)
        return undefined
      } catch (refusal) {
        return refusal
      }
    },
    answered(call, answer, rowsOf = (value) => value) {
      const inspectors = guards.flatMap((each) => each.inspector?.(call) ?? [])
      if (inspectors.length === 0) return answer
      return answer.then(async (value) => {
        for (const inspect of inspectors) await inspect(rowsOf(value))
        return value
      })
    },
    explain: (failed) =>
      sorted.reduce((error, each) => (each.explain ? each.explain({ ...failed, error }) : error), failed.error),
    methods: Object.assign({}, ...sorted.map(({ methods }) => methods)),
  }
}
