/** Where a page of a search ended, in a cursor that only the same search takes. */
import { contextKey } from '../../core/context.ts'
import { cursorScope } from '../../core/cursor.ts'
import { cursorInvalid } from '../../core/cursor-errors.ts'
import { filterText } from '../../query/index.ts'
import type { Matched, Search } from './search.ts'

export interface Place {
  readonly matched: Matched
  /** In the order: rank where it is ordered by rank, newest, key. */
  readonly place: readonly string[]
}

export function writePlace(search: Search, { matched, place }: Place): string {
  return search.searches.cursors.write(scopeOf(search), [matched, ...place])
}

/** @throws SUB_CURSOR_INVALID, SUB_CURSOR_MISMATCH, SUB_CURSOR_EXPIRED */
export function readPlace(search: Search): Place | undefined {
  const { after, order } = search.options
  if (after === undefined) return undefined
  const [matched, ...values] = search.searches.cursors.read(scopeOf(search), after)
  const place = values.filter((each) => each !== null)
  const length =
    (order === 'rank' ? 2 : 1) + search.caller.compiler.catalog.table(search.searchable.model.name).key.length
  if ((matched !== 'words' && matched !== 'similar') || place.length !== length)
    throw cursorInvalid({ fault: 'holds no position of a search' })
  return { matched, place }
}

function scopeOf({ caller, searchable, text, options, selection }: Search): Buffer {
  const { model, newest } = searchable
  const { order, prefix, cap } = options
  const filter = filterText(selection.where ?? {}, caller.compiler.catalog.runtime)
  const context = contextKey(caller.operation.context)
  return cursorScope(['search', model.name, newest.name, text, order, String(prefix), String(cap), filter, context])
}
