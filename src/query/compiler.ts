/** Calls to plans, one per shape, in a bounded cache. */
import type { SchemaMeta } from '../schema/model-meta.ts'
import { compileAggregate, compileCount, compileGroupBy } from './aggregate.ts'
import type { Call, Runtime } from './call.ts'
import { Catalog } from './catalog.ts'
import { Parameters } from './parameters.ts'
import { type Plan, planOf } from './plan.ts'
import { compileFind } from './read.ts'
import { shapeOf } from './shape.ts'
import { Statement } from './source.ts'
import { Uncovered, uncovered } from './uncovered.ts'

/** A call that goes to Prisma, and why. */
export interface Refusal {
  readonly uncovered: string
}

/** Plans kept at a time. One is a few kilobytes. */
const CAPACITY = 1_000

export class Compiler {
  readonly catalog: Catalog
  readonly #runtime: Runtime
  /** In order of use, the oldest first. */
  readonly #plans = new Map<string, Plan | Refusal>()

  constructor(schema: SchemaMeta, runtime: Runtime) {
    this.#runtime = runtime
    this.catalog = new Catalog(schema, runtime)
  }

  /** The plan of a call, or why it has none. */
  plan(call: Call): Plan | Refusal {
    const key = `${call.model}.${call.operation}${shapeOf(call.args, this.#runtime)}`
    const known = this.#plans.get(key)
    if (known) {
      this.#plans.delete(key)
      this.#plans.set(key, known)
      return known
    }
    const plan = this.#compile(call)
    if (this.#plans.size === CAPACITY) this.#plans.delete(this.#plans.keys().next().value!)
    this.#plans.set(key, plan)
    return plan
  }

  #compile(call: Call): Plan | Refusal {
    try {
      const parameters = new Parameters()
      const statement = new Statement(this.catalog, parameters)
      const table = this.catalog.table(call.model)
      return planOf(compile(statement, table, call), parameters.binder())
    } catch (error) {
      if (error instanceof Uncovered) return { uncovered: error.reason }
      throw error
    }
  }
}

function compile(statement: Statement, table: ReturnType<Catalog['table']>, { operation, args }: Call) {
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
      return uncovered(`the operation ${operation}`)
  }
}
