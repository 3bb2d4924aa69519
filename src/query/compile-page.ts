import type { Arguments } from './call.ts'
import type { Catalog } from './catalog.ts'
import { keyTerms } from './keyset-order.ts'
import { type CompiledPage, compilePage, compileRange, compileRows, type PageRows } from './keyset-page.ts'
import { Parameters } from './parameters.ts'
import type { WireRow } from './plan.ts'
import { GenerationCache } from './plan-cache.ts'
import { shapeOfCall } from './shape.ts'
import { Statement, sourceOf } from './source.ts'

/** A page to compile. */
export interface PageRequest {
  /** `where`, `orderBy`, `select`, `include` and `omit`, as Prisma has them. */
  readonly args: Arguments
  /** The page before the cursor, or the last one; its rows come from the end. */
  readonly backwards: boolean
  /** The values of the order's terms in the row under the cursor, as PostgreSQL writes them. */
  readonly cursor: readonly (string | null)[] | undefined
  /** How many rows to read at most. */
  readonly rows: number
  /** Counts the rows of all pages: all of them, or up to this many. */
  readonly count: 'all' | number | undefined
}

/** A statement with its values, and the way back from its rows. */
export interface BoundPage extends BoundText {
  readonly decode: (rows: readonly WireRow[]) => PageRows
}

export interface BoundText {
  readonly text: string
  readonly values: readonly (string | null)[]
}

/** A term of the order of pages, as far as others need to know it. */
export interface PageTerm {
  /** `['createdAt']`, `['author', 'name']` */
  readonly path: readonly string[]
  readonly descending: boolean
  readonly nullable: boolean
  readonly nullsFirst: boolean
  /** The column's type in the schema; another one makes other positions. */
  readonly type: string
  /** True for what was not asked for, and only parts rows that are equal in the rest. */
  readonly appended: boolean
}

const CAPACITY = 500

/** Keyset pages for the features that read them. Throws Uncovered like the compiler does. */
export class PageCompiler {
  readonly #catalog: Catalog
  readonly #pages = new GenerationCache<CompiledPage>(CAPACITY)
  readonly #orders = new GenerationCache<readonly PageTerm[]>(CAPACITY)

  constructor(catalog: Catalog) {
    this.#catalog = catalog
  }

  /** The terms of an order of pages, those included that part equal rows. */
  order(model: string, orderBy: unknown): readonly PageTerm[] {
    const key = `${model} ${JSON.stringify(orderBy)}`
    const known = this.#orders.get(key)
    if (known) return known
    const source = sourceOf(new Statement(this.#catalog, new Parameters()), this.#catalog.table(model))
    const terms = keyTerms(source, orderBy).map(({ path, descending, nullable, nullsFirst, column, appended }) => {
      return { path, descending, nullable, nullsFirst, type: `${column.type} ${column.native ?? ''}`, appended }
    })
    this.#orders.set(key, terms)
    return terms
  }

  page(model: string, { args, backwards, cursor, rows, count }: PageRequest): BoundPage {
    const table = this.#catalog.table(model)
    const nulls = cursor?.map((value) => value === null)
    const expected = atLeast(rows)
    const key = `${model} ${backwards} ${nulls?.join() ?? 'no cursor'} ${expected} ${count} ${shapeOfCall(args, table, this.#catalog.runtime)}`
    let page = this.#pages.get(key)
    if (!page) {
      page = compilePage(this.#catalog, table, { args, backwards, nulls, expected, count })
      this.#pages.set(key, page)
    }
    return { text: page.text, values: page.bind({ ...args, cursor, rows }), decode: page.decode }
  }

  /** The rows of a first page without what is selected of them: to ask how PostgreSQL would find them. */
  range(model: string, args: Arguments, rows: number): BoundText {
    const { text, bind } = compileRange(this.#catalog, this.#catalog.table(model), args, atLeast(rows))
    return { text, values: bind(args) }
  }

  /** The rows of all pages: to ask how many PostgreSQL expects. */
  rows(model: string, where: unknown): BoundText {
    const { text, bind } = compileRows(this.#catalog, this.#catalog.table(model), where)
    return { text, values: bind({ where }) }
  }
}

/** The next power of two: limits are written into statements, of which there shall be few. */
function atLeast(rows: number): number {
  return 2 ** Math.ceil(Math.log2(rows))
}
