import type { Caller } from '../../client/index.ts'
import { contextKey } from '../../core/context.ts'
import { type Cursors, type CursorValues, cursorScope } from '../../core/cursor.ts'
import { cursorInvalid } from '../../core/cursor-errors.ts'
import type { PaginationConfig } from '../../core/pagination-config.ts'
import { isDataException } from '../../pg/index.ts'
import { type Arguments, type BoundPage, filterText, type PageTerm, Uncovered } from '../../query/index.ts'
import { pageUnsupported } from './errors.ts'
import { countLimit, estimatedRows, totalOf } from './total.ts'
import type { Connection, Page, PageInfo, Total } from './types.ts'
import { prismaArguments, type Window, windowOf } from './window.ts'

/** What all pages of one client share. */
export interface Pages {
  readonly config: PaginationConfig
  readonly cursors: Cursors
  /** Told of every page that was read. */
  readonly onRead?: (caller: Caller, args: Arguments, size: number) => Promise<void>
}

type Answer = (Page<unknown> | Connection<unknown>) & { readonly total?: Total }

/** Reads one page. Extensions of the client see it as a `findMany`. */
export async function paginate(caller: Caller, args: Arguments, pages: Pages): Promise<Answer> {
  const { model } = caller
  const window = windowOf(model.name, args, pages.config)
  const read = await caller.asFindMany(prismaArguments(args), async (final) => {
    try {
      const page = await readPage(caller, final, window, pages)
      await pages.onRead?.(caller, final, window.size)
      return page
    } catch (error) {
      if (!(error instanceof Uncovered)) throw error
      // What is wrong with a filter is told as everywhere.
      caller.where.compileWhere(model.name, (final.where ?? {}) as Arguments, { alias: '"rows"' })
      throw pageUnsupported({ model: model.name, reason: error.reason }, { cause: error })
    }
  })
  return answer(read, window)
}

/** The rows of an answer, for features that look at them. */
export function rowsOfAnswer(answer: unknown): unknown {
  const page = answer as Partial<Page<unknown> & Connection<unknown>>
  return page.items ?? page.edges?.map(({ node }) => node)
}

interface PageRead {
  readonly rows: unknown[]
  /** The cursor of a row, by its place. */
  readonly cursorAt: (at: number) => string
  readonly hasNextPage: boolean
  readonly hasPreviousPage: boolean
  readonly total: Total | undefined
}

async function readPage(
  caller: Caller,
  args: Arguments,
  window: Window,
  { config, cursors }: Pages,
): Promise<PageRead> {
  const { compiler, model } = caller
  const { backwards, size, total } = window
  const terms = compiler.pages.order(model.name, args.orderBy)
  const scope = scopeOf(caller, args, terms)
  const cursor = window.cursor === undefined ? undefined : positionIn(terms, cursors.read(scope, window.cursor))
  const request = { args, backwards, cursor, rows: size + 1, count: countLimit(total, config.countCap) }
  const [{ items, keys, before, count }, estimate] = await Promise.all([
    execute(caller, compiler.pages.page(model.name, request), cursor),
    total === 'estimate' ? estimatedRows(caller, args.where) : undefined,
  ])
  const more = items.length > size
  const rows = items.slice(0, size)
  if (backwards) {
    rows.reverse()
    keys.splice(size)
    keys.reverse()
  }
  const counted = count ?? estimate
  return {
    rows,
    cursorAt: (at) => cursors.write(scope, keys[at]!),
    hasNextPage: backwards ? before : more,
    hasPreviousPage: backwards ? more : before,
    total: total && counted !== undefined ? totalOf(total, counted, config.countCap) : undefined,
  }
}

/** What a cursor of this list is good for: this model in this order under this filter, for this context. */
function scopeOf(
  { compiler, model, operation }: Caller,
  { where = {} }: Arguments,
  order: readonly PageTerm[],
): Buffer {
  const filter = filterText(where, compiler.catalog.runtime)
  return cursorScope(['page', model.name, JSON.stringify(order), filter, contextKey(operation.context)])
}

/** @throws SUB_CURSOR_INVALID for values that are no row's: without a key anyone can write a cursor. */
function positionIn(terms: readonly PageTerm[], values: CursorValues): CursorValues {
  if (values.length === terms.length && terms.every(({ nullable }, i) => nullable || values[i] !== null)) return values
  throw cursorInvalid({ fault: 'holds no position in this order' })
}

async function execute({ execute, operation }: Caller, page: BoundPage, cursor: CursorValues | undefined) {
  const { rows } = await execute(page, (failure) => {
    // The filter has passed with the first page.
    if (!cursor || !isDataException(failure)) return undefined
    return cursorInvalid({ fault: 'holds no position in this order' }, { cause: failure })
  })
  const startedAt = performance.now()
  try {
    return page.decode(rows)
  } finally {
    operation.timings.decode += performance.now() - startedAt
  }
}

function answer({ rows, cursorAt, hasNextPage, hasPreviousPage, total }: PageRead, { connection }: Window): Answer {
  const pageInfo: PageInfo = {
    hasNextPage,
    hasPreviousPage,
    startCursor: rows.length > 0 ? cursorAt(0) : null,
    endCursor: rows.length > 0 ? cursorAt(rows.length - 1) : null,
  }
  const rest = { pageInfo, ...(total && { total }) }
  return connection
    ? { edges: rows.map((node, i) => ({ node, cursor: cursorAt(i) })), ...rest }
    : { items: rows, ...rest }
}
