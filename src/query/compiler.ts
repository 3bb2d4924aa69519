/** Calls to plans, one per shape, in a bounded cache. */
import type { SchemaMeta } from '../schema/model-meta.ts'
import { compileAggregate, compileCount, compileGroupBy } from './aggregate.ts'
import type { Call, Runtime } from './call.ts'
import { Catalog, type CatalogOptions, type Table } from './catalog.ts'
import { PageCompiler } from './compile-page.ts'
import { Parameters } from './parameters.ts'
import { type Plan, planOf } from './plan.ts'
import { GenerationCache } from './plan-cache.ts'
import { compileFind } from './read.ts'
import { shapeOfCall } from './shape.ts'
import { Statement } from './source.ts'
import { Uncovered } from './uncovered.ts'
import { compileWrite } from './write.ts'

/** A call that goes to Prisma, and why. */
export interface Refusal {
  readonly uncovered: string
}

/** Plans kept at a time. One is a few kilobytes. */
const CAPACITY = 1_000

export class Compiler {
  readonly catalog: Catalog
  /** Keyset pages. */
  readonly pages: PageCompiler
  readonly #runtime: Runtime
  readonly #plans = new GenerationCache<Plan | Refusal>(CAPACITY)

  /** How many plans are kept, now. */
  get size(): number {
    return this.#plans.size
  }

  constructor(schema: SchemaMeta, runtime: Runtime, options?: CatalogOptions) {
    this.#runtime = runtime
    this.catalog = new Catalog(schema, runtime, options)
    this.pages = new PageCompiler(this.catalog)
  }

  /** The plan of a call, or why it has none. */
  plan(call: Call): Plan | Refusal {
    try {
      const { catalog } = this
      const table = call.operation === 'createMany' ? catalog.writtenTable(call.model) : catalog.table(call.model)
      return this.#planOf(call, table)
    } catch (error) {
      if (error instanceof Uncovered) return { uncovered: error.reason }
      throw error
    }
  }

  #planOf(call: Call, table: Table): Plan | Refusal {
    const key = `${call.model}.${call.operation}${shapeOfCall(call.args, table, this.#runtime)}`
    const known = this.#plans.get(key)
    if (known) return known
    const plan = this.#compile(call, table)
    this.#plans.set(key, plan)
    return plan
  }

  #compile(call: Call, table: Table): Plan | Refusal {
    try {
      const parameters = new Parameters()
      return planOf(compile(new Statement(this.catalog, parameters), table, call), parameters.binder())
    } catch (error) {
      if (error instanceof Uncovered) return { uncovered: error.reason }
      throw error
    }
  }
}

function compile(statement: Statement, table: Table, { operation, args }: Call) {
  switch (operation) {
    case 'findUnique':
    case 'findUniqueOrThrow':
    case 'findFirst':
    case 'findFirstOrThrow':
    case 'findMany':
      return compileFind(statement, table, operation, args)
    case 'count':
      return compileCount(statement, table, args)
    case 'aggregate':
      return compileAggregate(statement, table, args)
    case 'groupBy':
      return compileGroupBy(statement, table, args)
    default:
      return compileWrite(statement, table, operation, args)
  }
}
