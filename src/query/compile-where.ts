import type { SchemaMeta } from '../schema/model-meta.ts'
import type { Arguments, Runtime } from './call.ts'
import { Catalog } from './catalog.ts'
import { whereInvalid } from './errors.ts'
import { Parameters } from './parameters.ts'
import { GenerationCache } from './plan-cache.ts'
import { shapeOfCall } from './shape.ts'
import { type Source, Statement } from './source.ts'
import { Uncovered } from './uncovered.ts'
import { whereCondition } from './where.ts'

/** A condition to stand in somebody else's statement. */
export interface WhereFragment {
  /** SQL over the table under the alias that was asked for; `TRUE` where nothing is asked. */
  readonly sql: string
  /** The values of its parameters, in PostgreSQL's text format. */
  readonly values: readonly (string | null)[]
}

export interface WhereOptions {
  /** The quoted name under which the statement has the table. Names like `"t0"` are the fragment's own. */
  readonly alias: string
  /** The number of the fragment's first parameter. Default 1. */
  readonly firstParameter?: number
}

interface Prepared {
  readonly sql: string
  readonly parameters: Parameters
  readonly bind: (args: Arguments) => (string | null)[]
}

const CAPACITY = 500

/**
 * Prisma's `where` for features that write SQL of their own: pagination, search, bulk writes. It needs no join outside, so it
 * stands in SELECT, UPDATE and DELETE alike, and may be combined with other conditions by AND, OR and NOT.
 */
export class WhereCompiler {
  readonly #catalog: Catalog
  readonly #runtime: Runtime
  readonly #prepared = new GenerationCache<Prepared>(CAPACITY)

  constructor(schema: SchemaMeta, runtime: Runtime) {
    this.#catalog = new Catalog(schema, runtime, { unreadable: true })
    this.#runtime = runtime
  }

  /** @throws SUB_WHERE_INVALID for a `where` that Prisma would refuse, or PostgreSQL for what Prisma makes of it. */
  compileWhere(model: string, where: Arguments, options: WhereOptions): WhereFragment {
    const args = { where }
    let prepared: Prepared | undefined
    try {
      prepared = this.#prepare(model, args, options)
      return { sql: prepared.sql, values: prepared.bind(args) }
    } catch (error) {
      if (!(error instanceof Uncovered)) throw error
      const path = error.at ?? prepared?.parameters.faultIn(args) ?? ['where']
      throw whereInvalid({ model, at: path.join('.'), reason: error.reason }, { cause: error })
    }
  }

  #prepare(model: string, args: Arguments, { alias, firstParameter = 1 }: WhereOptions): Prepared {
    const table = this.#catalog.table(model)
    const key = `${model} ${alias} ${firstParameter} ${shapeOfCall(args, table, this.#runtime)}`
    const known = this.#prepared.get(key)
    if (known) return known
    const parameters = new Parameters(firstParameter)
    const joins: string[] = []
    const source: Source = { statement: new Statement(this.#catalog, parameters), table, alias, joins }
    const sql = whereCondition(source, args.where, ['where']) ?? 'TRUE'
    const prepared = { sql: standingAlone(sql, joins), parameters, bind: parameters.binder() }
    this.#prepared.set(key, prepared)
    return prepared
  }
}

/** To-one relations are joined to a single row inside: the condition keeps its three values, also under NOT. */
function standingAlone(condition: string, joins: readonly string[]): string {
  return joins.length === 0 ? condition : `(SELECT ${condition} FROM (SELECT) AS "one" ${joins.join(' ')})`
}
