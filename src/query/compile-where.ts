import type { SchemaMeta } from '../schema/model-meta.ts'
import type { Arguments, Runtime } from './call.ts'
import { Catalog } from './catalog.ts'
import { Parameters } from './parameters.ts'
import { GenerationCache } from './plan-cache.ts'
import { shapeOfCall } from './shape.ts'
import { type Source, Statement } from './source.ts'
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
    this.#catalog = new Catalog(schema, runtime)
    this.#runtime = runtime
  }

  /** @throws Uncovered for a `where` that Prisma refuses, or that only Prisma understands. */
  compileWhere(model: string, where: Arguments, { alias, firstParameter = 1 }: WhereOptions): WhereFragment {
    const table = this.#catalog.table(model)
    const args = { where }
    const key = `${model} ${alias} ${firstParameter} ${shapeOfCall(args, table, this.#runtime)}`
    let prepared = this.#prepared.get(key)
    if (!prepared) {
      const parameters = new Parameters(firstParameter)
      const joins: string[] = []
      const source: Source = { statement: new Statement(this.#catalog, parameters), table, alias, joins }
      const sql = whereCondition(source, where, ['where']) ?? 'TRUE'
      prepared = { sql: standingAlone(sql, joins), bind: parameters.binder() }
      this.#prepared.set(key, prepared)
    }
    return { sql: prepared.sql, values: prepared.bind(args) }
  }
}

/** To-one relations are joined to a single row inside: the condition keeps its three values, also under NOT. */
function standingAlone(condition: string, joins: readonly string[]): string {
  return joins.length === 0 ? condition : `(SELECT ${condition} FROM (SELECT) AS "one" ${joins.join(' ')})`
}
