/** The schema prepared for compiling: quoted names, codecs and resolved relations, one lookup away. */
import { identifier } from '../pg/sql.ts'
import type { EnumMeta, FieldMeta, ModelMeta, RelationMeta, SchemaMeta, UniqueMeta } from '../schema/model-meta.ts'
import type { Runtime } from './call.ts'
import { type Codec, codecOf, isUnreadable } from './codec.ts'
import { type IdMakers, type MakeId, makerName } from './generate.ts'
import { uncovered } from './uncovered.ts'

export interface Column {
  readonly field: FieldMeta
  /** The quoted name, without a table. */
  readonly sql: string
  readonly codec: Codec
  /** Makes the field's value where a new row names none. */
  readonly makeId?: MakeId
}

export interface Table {
  readonly name: string
  readonly meta: ModelMeta
  /** The quoted name, with its schema where it has one. */
  readonly sql: string
  /** By field; fields that Prisma's client does not show are not among them. */
  readonly columns: ReadonlyMap<string, Column>
  readonly relations: ReadonlyMap<string, RelationMeta>
  /** Fields that the client leaves out of results unless a call asks for them. */
  readonly omitted: ReadonlySet<string>
  /** Keys that no two rows share, the primary one first: not those over some rows only, nor with nulls, which are never equal. */
  readonly keys: readonly (readonly string[])[]
  /** The first of them, by which Prisma orders when nothing else does; empty where there is none. */
  readonly key: readonly string[]
  readonly uniques: ReadonlyMap<string, UniqueMeta>
  /** The type of a column whose values are not ours to read. */
  readonly unreadable: string | undefined
}

/** The `omit` of a client's constructor: model accessor to field to whether it is left out. */
export type GlobalOmit = Readonly<Record<string, Readonly<Record<string, boolean>> | undefined>>

export interface CatalogOptions {
  /** The `omit` of the client's constructor. */
  readonly omit?: GlobalOmit | undefined
  /** What `loadIdMakers` gave; without one, rows that need ids are Prisma's to write. */
  readonly makers?: IdMakers
  /** Takes in columns whose values are not ours to read (`money`, `bit`, `citext` …): filters over them are. */
  readonly unreadable?: boolean
}

export class Catalog {
  readonly runtime: Runtime
  readonly #schema: SchemaMeta
  readonly #omit: GlobalOmit
  readonly #makers: IdMakers
  readonly #unreadable: boolean
  readonly #tables = new Map<string, Table>()

  constructor(
    schema: SchemaMeta,
    runtime: Runtime,
    { omit = {}, makers = new Map(), unreadable = false }: CatalogOptions = {},
  ) {
    this.#schema = schema
    this.#omit = omit
    this.#makers = makers
    this.#unreadable = unreadable
    this.runtime = runtime
  }

  /** The table of a model. Throws Uncovered for one that the metadata does not hold, or whose rows are not ours to read. */
  table(model: string): Table {
    const table = this.writtenTable(model)
    if (table.unreadable === undefined || this.#unreadable) return table
    return uncovered(`a column of type ${table.unreadable}`)
  }

  /** The same for who does not read whole rows. */
  writtenTable(model: string): Table {
    const known = this.#tables.get(model)
    if (known) return known
    const meta = this.#schema.models[model]
    if (!meta || meta.ignored) return uncovered('a model that the metadata does not hold')
    const table = this.#prepare(meta)
    this.#tables.set(model, table)
    return table
  }

  enum(name: string): EnumMeta {
    return this.#schema.enums[name] ?? uncovered('an enum that the metadata does not hold')
  }

  #prepare(meta: ModelMeta): Table {
    const columns = new Map<string, Column>()
    for (const field of Object.values(meta.fields)) {
      if (field.ignored || field.kind === 'unsupported') continue
      const codec = codecOf(field, this.#schema.enums, this.runtime)
      if (!codec) return uncovered(`a column of type ${field.native ?? field.type}`)
      const makeId = field.default?.kind === 'client' ? this.#makers.get(makerName(field.default)) : undefined
      columns.set(field.name, { field, sql: identifier(field.column), codec, ...(makeId && { makeId }) })
    }
    const isRequired = (name: string) => columns.has(name) && !columns.get(name)!.field.nullable
    const keys = Object.values(meta.uniques)
      .filter(({ where, fields }) => where === undefined && fields.every(isRequired))
      .toSorted((a, b) => Number(b.primary ?? false) - Number(a.primary ?? false))
      .map(({ fields }) => fields)
    return {
      name: meta.name,
      meta,
      sql: qualified(meta.table, meta.schema),
      columns,
      omitted: omittedFields(this.#omit[accessorOf(meta.name)] ?? {}),
      relations: new Map(Object.entries(meta.relations)),
      keys,
      key: keys[0] ?? [],
      uniques: new Map(Object.entries(meta.uniques)),
      unreadable: [...columns.values()].find(({ field }) => isUnreadable(field))?.field.native,
    }
  }
}

/** The client's property for a model. */
function accessorOf(model: string): string {
  return model.charAt(0).toLowerCase() + model.slice(1)
}

function omittedFields(omit: Readonly<Record<string, boolean>>): ReadonlySet<string> {
  return new Set(Object.keys(omit).filter((field) => omit[field]))
}

export function qualified(table: string, schema: string | undefined): string {
  return schema === undefined ? identifier(table) : identifier(schema, table)
}

/** The column of a field. Throws Uncovered where there is none: naming the fault is Prisma's part. */
export function columnOf(table: Table, field: string): Column {
  return table.columns.get(field) ?? uncovered(`an unknown field of ${table.name}`)
}
