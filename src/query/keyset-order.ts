/** The order of keyset pages: an `orderBy` that leaves no tie, with what a position in it has to know of every term. */
import type { FieldMeta } from '../schema/model-meta.ts'
import { fieldTerm, leavesNoTie, type OrderTerm, orderTerms } from './order.ts'
import type { Source } from './source.ts'
import { uncovered } from './uncovered.ts'

/** One term of the order of pages. */
export interface KeyTerm {
  readonly sql: string
  readonly descending: boolean
  readonly nullable: boolean
  readonly nullsFirst: boolean
  /** The model's own field, where the term is one. */
  readonly field: string | undefined
  readonly column: FieldMeta
  /** `['author', 'name']` */
  readonly path: readonly string[]
  /** True for what was not asked for, and only parts rows that are equal in the rest. */
  readonly appended: boolean
}

/**
 * The terms of an order that leaves no tie. What comes after a unique key decides nothing and is left out; where there is
 * none, the fields of one are appended, in the direction of the last term, so that uniform orders stay uniform.
 */
export function keyTerms(source: Source, orderBy: unknown): KeyTerm[] {
  const terms: KeyTerm[] = []
  for (const asked of orderTerms(source, orderBy)) {
    const term = keyTerm(asked)
    if (terms.some(({ path }) => path.join() === term.path.join())) continue
    terms.push(term)
    if (leavesNoTie(source.table, terms)) return terms
  }
  const descending = terms.at(-1)?.descending ?? false
  const tieBreaker = source.table.keys[0] ?? uncovered('a model without a unique key of required fields')
  for (const field of tieBreaker)
    if (!terms.some((term) => term.field === field))
      terms.push({ ...keyTerm(fieldTerm(source, field, { descending })), appended: true })
  return terms
}

/** The same order from its other end. */
export function fromTheEnd(terms: readonly KeyTerm[]): KeyTerm[] {
  return terms.map((term) => ({ ...term, descending: !term.descending, nullsFirst: !term.nullsFirst }))
}

/** A term of ORDER BY. PostgreSQL puts nulls last ascending and first descending; only the contrary is said. */
export function orderSql({ sql, descending, nullable, nullsFirst }: KeyTerm): string {
  const nulls = nullable && nullsFirst !== descending ? ` NULLS ${nullsFirst ? 'FIRST' : 'LAST'}` : ''
  return `${sql} ${descending ? 'DESC' : 'ASC'}${nulls}`
}

function keyTerm({ sql, descending, nulls, field, column, path }: OrderTerm): KeyTerm {
  if (!column || !path) return uncovered('an order by a count')
  if (column.list || column.type === 'Json') return uncovered(`an order by ${path.join('.')}, which has no order`)
  // The other side of a relation may be missing, or hidden by a policy.
  const nullable = path.length > 1 || column.nullable === true
  const nullsFirst = nulls === undefined ? descending : nulls === 'first'
  return { sql, descending, nullable, nullsFirst, field, column, path, appended: false }
}
