import type { SourceFile } from '../source/source-file.ts'
import type { Argument, Value } from './values.ts'

/**
 * The schema as it is written. Prisma checks it before it is read here, so these shapes say what is there, not what would be
 * allowed.
 */
export interface SchemaText {
  readonly blocks: readonly Block[]
  /** Documentation that stands by itself, outside of every block and directly above none: it is the whole schema's. */
  readonly documentation: readonly Documentation[]
}

/** Consecutive lines of `///`, or one at the end of a line of code. */
export interface Documentation {
  readonly file: SourceFile
  /** The file's documentation up to the end of this piece, all else blanked out: offsets are the file's. */
  readonly text: string
  readonly start: number
}

interface Named {
  readonly file: SourceFile
  readonly name: string
  /** From the first letter of the declaration to the end of its last attribute, or to the closing brace. */
  readonly start: number
  readonly end: number
  readonly documentation: Documentation[]
}

export type Block = ModelBlock | EnumBlock | SettingsBlock

/** `model User { … }`, `view Statistics { … }`. */
export interface ModelBlock extends Named {
  readonly kind: 'model' | 'view'
  readonly members: readonly Field[]
  readonly attributes: readonly Attribute[]
}

/** `enum Role { … }`. */
export interface EnumBlock extends Named {
  readonly kind: 'enum'
  readonly members: readonly EnumMember[]
  readonly attributes: readonly Attribute[]
}

/** `datasource db { … }`, `generator client { … }`. */
export interface SettingsBlock extends Named {
  readonly kind: 'datasource' | 'generator'
  readonly members: readonly Setting[]
  readonly attributes: readonly Attribute[]
}

/** `email String? @unique`. */
export interface Field extends Named {
  readonly kind: 'field'
  /** A scalar, an enum or a model; the SQL type where `unsupported`. */
  readonly type: string
  readonly unsupported: boolean
  readonly list: boolean
  readonly optional: boolean
  readonly attributes: readonly Attribute[]
}

export interface EnumMember extends Named {
  readonly kind: 'enum value'
  readonly attributes: readonly Attribute[]
}

/** `provider = "postgresql"`. */
export interface Setting extends Named {
  readonly kind: 'setting'
  readonly value: Value
}

/** `@id`, `@db.VarChar(255)`, `@@index([email])`; the name is without its `@`. */
export interface Attribute {
  readonly name: string
  readonly arguments: readonly Argument[]
}
