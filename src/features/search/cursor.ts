/** Where a page of a search ended, as an opaque text that only the same search takes. */
import { createHash } from 'node:crypto'
import type { Caller } from '../../client/feature.ts'
import type { CheckedArguments } from './arguments.ts'
import { searchArgument } from './errors.ts'
import type { Searchable } from './searchable.ts'

/** How rows were found: by the words of the text, or by words similar to them. */
export type Matched = 'words' | 'similar'

export interface Place {
  readonly matched: Matched
  /** In the order: rank where it is ordered by rank, newest, key. */
  readonly place: readonly string[]
}

/** The search that a cursor belongs to. */
export interface Searching {
  readonly searchable: Searchable
  readonly caller: Caller
  readonly text: string
  readonly options: CheckedArguments
}

export function writeCursor(searching: Searching, { matched, place }: Place): string {
  return Buffer.from(JSON.stringify([bindingOf(searching), matched, ...place])).toString('base64url')
}

/** @throws SUB_SEARCH_ARGUMENT for one of another search, or none at all */
export function readCursor(searching: Searching): Place | undefined {
  const { searchable, options } = searching
  if (options.after === undefined) return undefined
  const [binding, matched, ...place] = parse(options.after)
  if (binding !== bindingOf(searching) || (matched !== 'words' && matched !== 'similar'))
    throw searchArgument({ model: searchable.model.name, argument: 'after', fault: 'is no cursor of this search' })
  return { matched, place }
}

function parse(cursor: string): readonly string[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    return Array.isArray(parts) && parts.every((each) => typeof each === 'string') ? parts : []
  } catch {
    return []
  }
}

function bindingOf({ searchable, caller, text, options }: Searching): string {
  const { order, prefix, selection, cap } = options
  const parts = [searchable.model.name, text, order, prefix, cap, selection.where ?? null, caller.operation.context?.key ?? null]
  const json = JSON.stringify(parts, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
  return createHash('sha256').update(json).digest('base64url').slice(0, 22)
}
