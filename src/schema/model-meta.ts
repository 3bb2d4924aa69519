/**
 * The one shape in which every part of Substrata sees the user's schema. The generator writes it as plain typed data,
 * everything else reads it; nobody below `schema/` sees Prisma's DMMF.
 */

/** Prisma's scalar types. */
export type ScalarType = 'String' | 'Boolean' | 'Int' | 'BigInt' | 'Float' | 'Decimal' | 'DateTime' | 'Json' | 'Bytes'

/** Where a field's value comes from when the caller gives none. */
export type DefaultMeta =
  /** A literal from the schema; BigInt and Decimal as decimal strings, Bytes as base64, Json as its text. */
  | { readonly kind: 'literal'; readonly value: string | number | boolean | readonly (string | number | boolean)[] }
  /** Made by the client before the statement is sent, as Prisma does. `args` as written: `uuid(7)`, `nanoid(10)`. */
  | { readonly kind: 'client'; readonly generator: ClientGenerator; readonly args?: readonly (string | number)[] }
  /** Made by the database: `autoincrement()`, `dbgenerated(…)`, `sequence()`. */
  | { readonly kind: 'database' }

/** Defaults that Prisma computes in the client. `now` is set by Prisma as one instant per operation. */
export type ClientGenerator = 'cuid' | 'uuid' | 'ulid' | 'nanoid' | 'now'

/** A column of a model or view. */
export interface FieldMeta {
  readonly name: string
  /** The column's name in the database. */
  readonly column: string
  readonly kind: 'scalar' | 'enum' | 'unsupported'
  /** A {@link ScalarType}, the enum's name, or the SQL type inside `Unsupported("…")`. */
  readonly type: string
  /** The `@db.` attribute without its prefix, arguments included: `VarChar(255)`, `Timestamptz(6)`. */
  readonly native?: string
  readonly list?: true
  readonly nullable?: true
  readonly default?: DefaultMeta
  readonly updatedAt?: true
  /** A stored generated column: read, never written. */
  readonly generated?: true
  /** `@ignore`: in the table, not in the client. */
  readonly ignored?: true
  readonly annotations?: Annotations
}

/** A relation as seen from one side. */
export interface RelationMeta {
  /** The field's name on this model. */
  readonly name: string
  /** The relation's name, the same on both sides. */
  readonly relation: string
  /** The model on the other side. */
  readonly model: string
  /** The field on the other model that is the other end. */
  readonly inverse: string
  readonly list?: true
  /** True where this side may be null; never set on lists. */
  readonly nullable?: true
  /** The fields of this model and of the other whose values are equal; absent for an implicit many-to-many. */
  readonly on?: { readonly fields: readonly string[]; readonly references: readonly string[] }
  /** True on the side that holds the foreign key. */
  readonly owner?: true
  /** The join table of an implicit many-to-many. Its columns are `A` and `B`. */
  readonly through?: {
    readonly table: string
    readonly schema?: string
    readonly own: 'A' | 'B'
    readonly other: 'A' | 'B'
  }
  readonly onDelete?: ReferentialAction
  readonly onUpdate?: ReferentialAction
  /** `@ignore`: in the schema, not in the client. */
  readonly ignored?: true
  readonly annotations?: Annotations
}

export type ReferentialAction = 'Cascade' | 'Restrict' | 'NoAction' | 'SetNull' | 'SetDefault'

/** A unique key: the primary key, a unique field or a unique index. */
export interface UniqueMeta<Fields extends readonly string[] = readonly string[]> {
  /**
   * The key under which Prisma's `where` takes it: the field, or the compound name (`orgId_userId`, or as given). A partial
   * one it does not take; that stands under its name in the database.
   */
  readonly name: string
  readonly fields: Fields
  /** The constraint's or index's name in the database; views have none. */
  readonly database?: string
  readonly primary?: true
  /** The predicate of a partial unique index. */
  readonly where?: string
}

/** An index that is not unique. */
export interface IndexMeta {
  readonly database: string
  readonly columns: readonly { readonly field: string; readonly descending?: true; readonly operatorClass?: string }[]
  /** btree unless said. */
  readonly method?: string
  readonly where?: string
}

/** A model or a view. */
export interface ModelMeta {
  readonly name: string
  readonly table: string
  /** The database schema; absent where the connection's default serves. */
  readonly schema?: string
  readonly view?: true
  /** `@@ignore`: in the database, not in the client. */
  readonly ignored?: true
  readonly fields: Readonly<Record<string, FieldMeta>>
  readonly relations: Readonly<Record<string, RelationMeta>>
  readonly uniques: Readonly<Record<string, UniqueMeta>>
  readonly indexes?: readonly IndexMeta[]
  readonly annotations?: Annotations
}

/** An enum: Prisma's member names to the database's labels. */
export interface EnumMeta {
  readonly name: string
  /** The type's name in the database. */
  readonly type: string
  readonly schema?: string
  /** Member to label, in declaration order. */
  readonly values: Readonly<Record<string, string>>
  readonly annotations?: Annotations
}

/** Annotations by full name (`rls.policy`); each may be repeated. */
export type Annotations = Readonly<Record<string, readonly AnnotationArguments[]>>

/** The checked arguments of one annotation. */
export type AnnotationArguments = Readonly<Record<string, AnnotationValue>>

export type AnnotationValue =
  | string
  | number
  | boolean
  | readonly AnnotationValue[]
  | { readonly [key: string]: AnnotationValue }

/** Everything the generator writes. */
export interface SchemaMeta {
  /** The format of this data; another one is refused at start. */
  readonly format: 1
  /** By model name (`User`). */
  readonly models: Readonly<Record<string, ModelMeta>>
  /** By enum name. */
  readonly enums: Readonly<Record<string, EnumMeta>>
  /** Annotations of the schema as a whole: in comments that stand by themselves, or on the datasource. */
  readonly annotations?: Annotations
}
