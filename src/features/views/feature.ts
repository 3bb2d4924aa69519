import type { Caller, FeatureFactory, ModelMethod } from '../../client/index.ts'
import type { Events } from '../../core/events.ts'
import type { Statement } from '../../pg/index.ts'
import type { ModelMeta } from '../../schema/index.ts'
import { milliseconds } from './age.ts'
import { refreshFailed, viewNotMaterialized } from './errors.ts'
import { callRefresh, materializedModels, readStamp } from './sql.ts'

export interface Refresh {
  /** Whatever was committed before then is in the view. */
  readonly refreshedAt: Date
  /** False where another refresh, or one that is young enough, has served. */
  readonly refreshed: boolean
}

/** `refresh` and `refreshedAt` of materialized views. */
export const materializedViews: FeatureFactory = (schema, _options, { events }) => {
  const views = new Set(materializedModels(schema).map(({ name }) => name))
  if (views.size === 0) return undefined
  /** Views that this client is refreshing in the background. */
  const running = new Set<string>()

  function requireView({ name }: ModelMeta, method: string): void {
    if (!views.has(name)) throw viewNotMaterialized({ model: name, method })
  }

  const refresh: ModelMethod = {
    kind: 'write',
    args: () => ({}),
    async run(caller, options): Promise<Refresh> {
      requireView(caller.model, 'refresh')
      const { rows } = await caller.execute(refreshStatement(caller.model, maxAgeOf(caller.model, options)))
      const [refreshedAt, refreshed] = rows[0] ?? []
      return { refreshedAt: toDate(refreshedAt), refreshed: refreshed === 't' }
    },
  }

  const refreshedAt: ModelMethod = {
    kind: 'read',
    args: () => ({}),
    async run(caller, options): Promise<Date> {
      requireView(caller.model, 'refreshedAt')
      const maxAge = maxAgeOf(caller.model, options)
      const text = readStamp(caller.model)
      const { rows } = await caller.execute({ text, values: [maxAge === undefined ? null : String(maxAge)] })
      const [at, old] = rows[0] ?? []
      if (old === 't' && maxAge !== undefined) refreshInBackground(caller, maxAge, running, events)
      return toDate(at)
    },
  }
  return { name: 'views', methods: { refresh, refreshedAt } }
}

function maxAgeOf({ name }: ModelMeta, options: unknown): number | undefined {
  const { maxAge } = (options ?? {}) as { readonly maxAge?: unknown }
  return maxAge === undefined ? undefined : milliseconds(name, maxAge)
}

function refreshStatement(model: ModelMeta, maxAge: number | undefined): Statement {
  return { text: callRefresh(model), values: [maxAge === undefined ? null : String(maxAge)] }
}

/** On a connection of its own and outside any transaction of the caller's, who does not wait for it. */
function refreshInBackground(caller: Caller, maxAge: number, running: Set<string>, events: Events): void {
  const { model, session } = caller
  if (running.has(model.name)) return
  running.add(model.name)
  const statement = refreshStatement(model, maxAge)
  session
    .transaction(caller.next().operation, {}, (tx) => tx.execute(statement))
    .catch((error: unknown) => {
      const { code, message, details } = refreshFailed({ model: model.name }, { cause: error })
      events.emit('warning', { code, message, details: { ...details, error } })
    })
    .finally(() => running.delete(model.name))
}

/** As PostgreSQL writes it in UTC: `2026-01-31 12:00:00.123456+00`. */
function toDate(text: string | null | undefined): Date {
  return new Date(`${text?.replace(' ', 'T').replace(/\+00$/, 'Z')}`)
}
