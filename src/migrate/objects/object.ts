import type { SchemaMeta } from '../../schema/index.ts'

/** Where in the catalogue an object lives. One kind may be declared by several annotations. */
export type ObjectKindName =
  | 'function'
  | 'generated column'
  | 'text search configuration'
  | 'search column'
  | 'index'
  | 'check'
  | 'materialized view'
  | 'row security'
  | 'policy'

/** What an object is called in the database. */
export interface ObjectName {
  readonly schema: string
  /** Of indexes, checks and generated columns: the table they are on. */
  readonly table?: string
  readonly name: string
  /** Of functions: the types of their arguments, as DROP FUNCTION takes them. */
  readonly arguments?: string
}

/** An object that an annotation of the schema asks for. */
export interface DeclaredObject {
  readonly kind: ObjectKindName
  /** The annotation's name, which is part of the mark. */
  readonly annotation: string
  /** For messages: `@check on Order`. */
  readonly origin: string
  /** A function's is known only once PostgreSQL has read it; until then the name is that of its file. */
  readonly name: ObjectName
  /** The statements that make it. What they say is what the hash is taken of. */
  readonly create: readonly string[]
  readonly hash: string
  /** Of a generated column: its type and expression. */
  readonly definition?: string
}

/** A row of pg_depend's coordinates: an object, or a column where `sub` is not 0. */
export interface ObjectAddress {
  readonly class: number
  readonly object: number
  readonly sub: number
}

/** An object as the catalogue shows it. */
export interface PresentObject {
  readonly kind: ObjectKindName
  readonly name: ObjectName
  readonly address: ObjectAddress
  /** The oid of the table it is on; its own for what is on none. */
  readonly on: number
  /** Absent on what Substrata has not made. */
  readonly mark?: Mark
  /** True for what Prisma's language can say, so that Prisma's engine takes care of it. */
  readonly prisma: boolean
}

/** What stands in the COMMENT of an object that was made from an annotation. */
export interface Mark {
  readonly annotation: string
  readonly hash: string
}

/** What objects are declared from. */
export interface DeclarationSource {
  readonly schema: SchemaMeta
  /** The schema's folder: files that annotations name are relative to it. */
  readonly directory: string
  readonly names: Names
}

/** Names as SQL: unqualified in the default schema, as Prisma writes them, so that the search path decides. */
export interface Names {
  readonly defaultSchema: string
  qualify(schema: string, name: string): string
}

/** What every kind of object answers, one file per kind. */
export interface ObjectKind {
  readonly kind: ObjectKindName
  /** No comment can stand on it: its catalogue query says by other means what is ours. */
  readonly unmarked?: true
  declare(source: DeclarationSource): DeclaredObject[]
  /** A query for every object of the kind outside PostgreSQL's own schemas; its rows are {@link CatalogueRow}s. */
  readonly catalogue: string
  /** As COMMENT ON takes it: `INDEX "users_email_idx"`. */
  target(name: ObjectName, names: Names): string
  drop(name: ObjectName, names: Names): string
  /** Absent where the name is the table's or the file's. */
  rename?(from: ObjectName, to: string, names: Names): string
}

export interface CatalogueRow {
  readonly schema: string
  readonly table: string | null
  readonly name: string
  readonly arguments: string | null
  readonly comment: string | null
  readonly class: number
  readonly object: number
  readonly sub: number
  readonly on: number
  readonly prisma: boolean
}
