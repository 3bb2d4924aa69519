import type { Client } from 'pg'
import type { ModelMeta, SchemaMeta } from '../../../schema/index.ts'
import { readEnums, readTables, type TableShape } from '../../catalogue/index.ts'
import { columnType, type Names } from '../../objects/index.ts'
import type { Appeared, Level, Vanished } from './rename.ts'

/** A table that the schema declares, for a model or for an implicit many-to-many relation. */
export interface DeclaredTable {
  readonly label: string
  readonly schema: string
  readonly name: string
  /** Column to type, the type without modifiers. */
  readonly columns: readonly DeclaredColumn[]
}

interface DeclaredColumn {
  readonly label: string
  readonly name: string
  readonly type: string
  /** Of a join table: the model that it refers to. */
  readonly model?: string
}

export async function enumLevel(client: Client, schema: SchemaMeta, names: Names): Promise<Level> {
  const present = await readEnums(client)
  const declared = Object.values(schema.enums).map((each) => ({
    label: each.name,
    schema: each.schema ?? names.defaultSchema,
    name: each.type,
    labels: Object.values(each.values),
  }))
  const labels = new Map([...present, ...declared].map((each) => [placeOf(each), each.labels]))
  return {
    what: 'enum',
    ...changes(present, declared),
    alike: (a, b) => a.schema === b.schema && overlap(labels.get(placeOf(a)) ?? [], labels.get(placeOf(b)) ?? []),
  }
}

export async function tableLevel(client: Client, schema: SchemaMeta, names: Names): Promise<Level> {
  const present = await readTables(client)
  const declared = declaredTables(schema, names)
  const types = await typeIds(client, declared)
  const columns = new Map([
    ...present.map((each) => [placeOf(each), each.columns.map(({ name, typeId }) => `${name} ${typeId}`)] as const),
    ...declared.map(
      (each) => [placeOf(each), each.columns.map(({ name, type }) => `${name} ${types.get(type)}`)] as const,
    ),
  ])
  return {
    what: 'model',
    ...changes(present, declared),
    alike: (a, b) => a.schema === b.schema && overlap(columns.get(placeOf(a)) ?? [], columns.get(placeOf(b)) ?? []),
  }
}

export async function columnLevel(client: Client, schema: SchemaMeta, names: Names): Promise<Level> {
  const present = await readTables(client)
  const declared = declaredTables(schema, names)
  const types = await typeIds(client, declared)
  const found: { vanished: Vanished[]; appeared: Appeared[] } = { vanished: [], appeared: [] }
  const typeOf = new Map<string, number | undefined>()
  for (const table of declared) {
    const before = present.find((each) => placeOf(each) === placeOf(table))
    if (before === undefined) continue
    const { vanished, appeared } = columnChanges(before, table)
    for (const each of vanished) typeOf.set(placeOf(each), each.typeId)
    for (const each of appeared) typeOf.set(placeOf(each), types.get(each.type))
    found.vanished.push(...vanished)
    found.appeared.push(...appeared)
  }
  return {
    what: 'field',
    ...found,
    alike: (a, b) => a.schema === b.schema && a.table === b.table && typeOf.get(placeOf(a)) === typeOf.get(placeOf(b)),
  }
}

function columnChanges(before: TableShape, after: DeclaredTable) {
  const place = { schema: after.schema, table: after.name }
  return {
    vanished: before.columns
      .filter(({ name, generated }) => !generated && !after.columns.some((each) => each.name === name))
      .map(({ name, typeId }) => ({ ...place, name, typeId })),
    appeared: after.columns
      .filter(({ name }) => !before.columns.some((each) => each.name === name))
      .map(({ name, label, type }) => ({ ...place, name, label: `${after.label}.${label}`, type })),
  }
}

function changes<P extends Vanished, D extends Appeared>(present: readonly P[], declared: readonly D[]) {
  const [before, after] = [present, declared].map((list) => new Set(list.map(placeOf)))
  return {
    vanished: present.filter((each) => !after!.has(placeOf(each))),
    appeared: declared.filter((each) => !before!.has(placeOf(each))),
  }
}

/** Half of the larger one is in both. */
function overlap(a: readonly string[], b: readonly string[]): boolean {
  const common = a.filter((each) => b.includes(each)).length
  return common > 0 && common * 2 >= Math.max(a.length, b.length)
}

function placeOf({ schema, table, name }: Vanished): string {
  return JSON.stringify([schema, table ?? null, name])
}

function declaredTables(schema: SchemaMeta, names: Names): DeclaredTable[] {
  const models = Object.values(schema.models).filter((each) => !each.view)
  const joins = models.flatMap((model) => joinTables(model, schema, names))
  return [
    ...models.map((model) => ({
      label: model.name,
      schema: model.schema ?? names.defaultSchema,
      name: model.table,
      columns: Object.values(model.fields)
        .filter((field) => !field.generated)
        .map((field) => ({
          label: field.name,
          name: field.column,
          type: withoutModifiers(columnType(field, schema, names)),
        })),
    })),
    ...new Map(joins.map((each) => [placeOf(each), each])).values(),
  ]
}

export function joinTables(model: ModelMeta, schema: SchemaMeta, names: Names): DeclaredTable[] {
  return Object.values(model.relations).flatMap((relation) => {
    if (relation.through === undefined) return []
    const { table, own, other, schema: place } = relation.through
    const sides = [
      { name: own, model },
      { name: other, model: schema.models[relation.model] },
    ]
    return [
      {
        label: table,
        schema: place ?? names.defaultSchema,
        name: table,
        columns: sides.map(({ name, model: side }) => ({
          label: name,
          name,
          type: keyType(side, schema, names),
          ...(side && { model: side.name }),
        })),
      },
    ]
  })
}

function keyType(model: ModelMeta | undefined, schema: SchemaMeta, names: Names): string {
  const key = Object.values(model?.uniques ?? {}).find((each) => each.primary)?.fields[0]
  const field = key === undefined ? undefined : model?.fields[key]
  return field === undefined ? '' : withoutModifiers(columnType(field, schema, names))
}

function withoutModifiers(type: string): string {
  return type.replace(/\([^)]*\)/, '')
}

/** The oids of types by name; those that are not there yet have none. */
async function typeIds(client: Client, tables: readonly DeclaredTable[]): Promise<Map<string, number | undefined>> {
  const types = new Set(tables.flatMap(({ columns }) => columns.map(({ type }) => type)))
  // PostgreSQL takes nothing but a name here; what Unsupported("…") holds may be more.
  const readable = [...types].filter((type) =>
    /^(?:"(?:[^"]|"")+"|[\w ]+)(?:\.(?:"(?:[^"]|"")+"|\w+))?(?:\[\])?$/.test(type),
  )
  const { rows } = await client.query<{ type: string; oid: number | null }>(
    'SELECT type, to_regtype(type)::oid AS oid FROM unnest($1::text[]) type',
    [readable],
  )
  return new Map(rows.map(({ type, oid }) => [type, oid ?? undefined]))
}
