/**
 * A position in an order as index ranges. Where all terms go one way and none is null, the rows after a position are one range:
 * `(a, b) > ($1, $2)`. Otherwise they are the ranges of every key prefix, the longest first: equal in `a` and after in `b`,
 * then after in `a`; each in order, and one after the other in order. An OR of the same conditions would be a scan.
 *
 * @see https://use-the-index-luke.com/sql/partial-results/fetch-next-page
 */
import type { KeyTerm } from './keyset-order.ts'

/** One range: what holds in it, and by which terms it is still to be ordered. */
export interface Branch {
  readonly conditions: readonly string[]
  readonly order: readonly KeyTerm[]
}

/** A row's values as placeholders; null where the value is. */
export type Position = readonly (string | null)[]

/** All rows. Two ranges where nulls of the first term stand where no ordinary index has them. */
export function allRows(terms: readonly KeyTerm[]): Branch[] {
  const [first, ...rest] = terms
  const asIndexed = first!.field !== undefined && first!.nullsFirst === first!.descending
  if (!first!.nullable || asIndexed) return [{ conditions: [], order: terms }]
  const values: Branch = { conditions: [`${first!.sql} IS NOT NULL`], order: [present(first!), ...rest] }
  const nulls: Branch = { conditions: [`${first!.sql} IS NULL`], order: [...absent(first!), ...rest] }
  return first!.nullsFirst ? [nulls, values] : [values, nulls]
}

/** The rows after a position. @param inclusive - With the row at the position. */
export function rowsAfter(terms: readonly KeyTerm[], position: Position, inclusive = false): Branch[] {
  const [first] = terms
  if (terms.every(({ nullable, descending }) => !nullable && descending === first!.descending)) {
    const left = terms.map(({ sql }) => sql).join(', ')
    return [{ conditions: [`(${left}) ${sign(first!, inclusive)} (${position.join(', ')})`], order: terms }]
  }
  return terms
    .map((_, depth) => depth)
    .toReversed()
    .flatMap((depth) => rangesAt(terms, position, depth, inclusive && depth === terms.length - 1))
}

/** The rows equal to the position before a depth, and after it there. */
function rangesAt(terms: readonly KeyTerm[], position: Position, depth: number, inclusive: boolean): Branch[] {
  const term = terms[depth]!
  const rest = terms.slice(depth + 1)
  const equal = terms
    .slice(0, depth)
    .map(({ sql }, i) => (position[i] === null ? `${sql} IS NULL` : `${sql} = ${position[i]}`))
  const alike = terms.slice(0, depth).flatMap((each, i) => (position[i] === null ? absent(each) : []))
  const nulls: Branch = {
    conditions: [...equal, `${term.sql} IS NULL`],
    order: [...alike, ...absent(term), ...rest],
  }
  const range = (condition: string): Branch => ({
    conditions: [...equal, `${term.sql} ${condition}`],
    order: [...alike, present(term), ...rest],
  })
  if (position[depth] === null) return term.nullsFirst ? [range('IS NOT NULL')] : []
  const after = range(`${sign(term, inclusive)} ${position[depth]}`)
  return term.nullable && !term.nullsFirst ? [after, nulls] : [after]
}

function sign({ descending }: KeyTerm, inclusive: boolean): string {
  return `${descending ? '<' : '>'}${inclusive ? '=' : ''}`
}

/**
 * The term in a range of nothing but nulls. It decides nothing there, but leaves PostgreSQL no other index than the one that
 * holds the range; rows without a related one are in none.
 */
function absent(term: KeyTerm): KeyTerm[] {
  return term.field === undefined ? [] : [present(term)]
}

/** The term in a range without nulls, where saying where they stand would only keep an index from serving. */
function present(term: KeyTerm): KeyTerm {
  return { ...term, nullable: false }
}
