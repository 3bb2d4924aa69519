import type { Client } from 'pg'
import { checks } from './checks.ts'
import { functions } from './functions.ts'
import { generatedColumns } from './generated-columns.ts'
import { indexes } from './indexes.ts'
import { parseMark } from './mark.ts'
import { materializedViews } from './materialized-views.ts'
import type {
  CatalogueRow,
  DeclarationSource,
  DeclaredObject,
  ObjectKind,
  ObjectKindName,
  ObjectName,
  PresentObject,
} from './object.ts'
import { policies } from './policies.ts'
import { rowSecurity } from './row-security.ts'
import { searchColumns } from './search-columns.ts'
import { searchConfigurations } from './search-configurations.ts'

export { columnType } from './column-type.ts'
export { parseMark, printMark } from './mark.ts'
export { namesIn } from './names.ts'
export type * from './object.ts'

/** In the order in which objects are made; they are dropped in the opposite one. */
const kinds: readonly ObjectKind[] = [
  functions,
  generatedColumns,
  searchConfigurations,
  searchColumns,
  indexes,
  checks,
  materializedViews,
  rowSecurity,
  policies,
]

const byName = new Map(kinds.map((each) => [each.kind, each]))

/** What knows how to name, drop and rename objects of a kind. */
export function kindOf({ kind }: { readonly kind: ObjectKindName }): ObjectKind {
  const found = byName.get(kind)
  if (found === undefined) throw new TypeError(`no such kind of object: ${kind}`)
  return found
}

/** The order of creation. */
export function rankOf({ kind }: { readonly kind: ObjectKindName }): number {
  return kinds.findIndex((each) => each.kind === kind)
}

/** Every object that the annotations of a schema ask for, in the order of creation. */
export function declareObjects(source: DeclarationSource): DeclaredObject[] {
  return kinds.flatMap((each) => each.declare(source))
}

/** Every object of these kinds in a database, marked or made by hand. */
export async function readObjects(client: Client): Promise<PresentObject[]> {
  const present: PresentObject[] = []
  for (const { kind, catalogue } of kinds) {
    const { rows } = await client.query<CatalogueRow>(`${catalogue} ORDER BY 1, 2, 3, 4`)
    for (const row of rows) present.push(presentObject(kind, row))
  }
  return present
}

function presentObject(kind: ObjectKindName, row: CatalogueRow): PresentObject {
  const { schema, table, name, arguments: types, comment, class: classId, object, sub, on, prisma } = row
  const mark = parseMark(comment)
  return {
    kind,
    name: { schema, ...(table !== null && { table }), name, ...(types !== null && { arguments: types }) },
    address: { class: classId, object, sub },
    on,
    ...(mark && { mark }),
    prisma,
  }
}

/** What can exist only once: an index's name in its schema, a check's on its table. */
export function keyOf({ kind, name }: { readonly kind: ObjectKindName; readonly name: ObjectName }): string {
  const { schema, table, name: own, arguments: types } = name
  return JSON.stringify([kind, schema, kind === 'index' ? null : (table ?? null), own, types ?? null])
}
