import type { PaginationConfig } from '../../core/pagination-config.ts'
import type { Arguments } from '../../query/index.ts'
import { pageArguments, pageSize } from './errors.ts'
import type { TotalKind } from './types.ts'

/** Which rows of the whole are asked for, and how they are to be handed over. */
export interface Window {
  readonly backwards: boolean
  readonly size: number
  /** Not yet looked at. */
  readonly cursor: unknown
  readonly total: TotalKind | undefined
  readonly connection: boolean
}

/** Rows of a page whose size is not said. */
const USUAL_SIZE = 20

const totals: readonly unknown[] = ['exact', 'estimate', 'capped']
const prismas = ['where', 'orderBy', 'select', 'include', 'omit']
const ours = ['first', 'after', 'last', 'before', 'total', 'connection']

/** @throws SUB_PAGE_ARGUMENTS, SUB_PAGE_SIZE */
export function windowOf(model: string, args: Arguments, { maxPageSize }: PaginationConfig): Window {
  const refuse = (fault: string) => pageArguments({ model, fault })
  const unknown = Object.keys(args).find((name) => args[name] !== undefined && ![...prismas, ...ours].includes(name))
  if (unknown !== undefined) throw refuse(`it takes no \`${unknown}\``)
  const { first, after, last, before, total, connection = false } = args
  const backwards = given(last) || given(before)
  if (backwards && (given(first) || given(after)))
    throw refuse('`first` and `after` go together, `last` and `before` do, and not one pair with the other')
  if (total !== undefined && !totals.includes(total)) throw refuse('`total` is none of exact, estimate and capped')
  if (typeof connection !== 'boolean') throw refuse('`connection` is neither true nor false')
  const asked = backwards ? last : first
  const size = given(asked) ? asked : Math.min(USUAL_SIZE, maxPageSize)
  if (typeof size !== 'number' || !Number.isInteger(size) || size < 1 || size > maxPageSize)
    throw pageSize({ model, limit: maxPageSize })
  const cursor = backwards ? before : after
  return { backwards, size, cursor: cursor ?? undefined, total: total as TotalKind | undefined, connection }
}

/** GraphQL sends null for an argument that is not there. */
function given(value: unknown): boolean {
  return value !== undefined && value !== null
}

/** What Prisma's own `findMany` knows of the arguments. */
export function prismaArguments(args: Arguments): Arguments {
  return Object.fromEntries(prismas.flatMap((name) => (args[name] === undefined ? [] : [[name, args[name]]])))
}
