import type { Caller } from '../../client/index.ts'
import type { Cursors } from '../../core/cursor.ts'
import type { Arguments, GenerationCache } from '../../query/index.ts'
import type { CheckedArguments } from './arguments.ts'
import type { Searchable } from './searchable.ts'
import type { SearchPlan } from './statement.ts'

/** What all searches of one client share. */
export interface Searches {
  readonly plans: GenerationCache<SearchPlan>
  readonly cursors: Cursors
  readonly longestPage: number
}

/** The model that is searched, and on whose behalf. */
export interface Subject {
  readonly caller: Caller
  readonly searchable: Searchable
  readonly searches: Searches
}

/** One search, its text and arguments checked. */
export interface Search extends Subject {
  readonly text: string
  readonly options: CheckedArguments
  /** Prisma's arguments, as extensions of the client left them. */
  readonly selection: Arguments
}

/** How rows were found: by the words of the text, or by words similar to them. */
export type Matched = 'words' | 'similar'
