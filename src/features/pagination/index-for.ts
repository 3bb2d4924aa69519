import { type Arguments, isPlainObject, type PageTerm } from '../../query/index.ts'
import type { ModelMeta } from '../../schema/index.ts'

/** The index that serves an order of pages, as it is written in the schema, or in words where the schema cannot say it. */
export function indexFor(model: ModelMeta, { where }: Arguments, terms: readonly PageTerm[]): string {
  const [first] = terms
  if (first!.path.length > 1) return indexOverRelation(model, first!)
  const fixed = equalities(where).filter((name) => model.fields[name] && !terms.some(({ path }) => path[0] === name))
  const own = terms.filter(({ path }) => path.length === 1)
  // An index is read from either end: only where directions differ must it say them.
  const mixed = own.some(({ descending }) => descending !== first!.descending)
  const columns = own.map(({ path, descending }) => (mixed && descending ? `${path[0]}(sort: Desc)` : path[0]!))
  const odd = own.find(({ nullsFirst, descending }, i) => i > 0 && nullsFirst !== descending)
  const nulls = odd ? `, in SQL, with ${odd.path[0]} NULLS ${odd.nullsFirst ? 'FIRST' : 'LAST'}` : ''
  return `@@index([${[...fixed, ...columns].join(', ')}]) to ${model.name}${nulls}`
}

function indexOverRelation(model: ModelMeta, { path }: PageTerm): string {
  const relation = model.relations[path[0]!]
  const fields = [path.at(-1)!, ...(path.length === 2 ? (relation?.on?.references ?? []) : [])]
  return `@@index([${fields.join(', ')}]) to the model of ${path.slice(0, -1).join('.')}`
}

/** Fields that a filter sets to one value. */
function equalities(where: unknown): string[] {
  if (!isPlainObject(where)) return []
  return Object.entries(where)
    .filter(([, value]) => value !== null && value !== undefined && isOneValue(value))
    .map(([name]) => name)
}

function isOneValue(value: unknown): boolean {
  return isPlainObject(value) ? Object.keys(value).join() === 'equals' : !Array.isArray(value)
}
