import type { Block } from '../syntax/declarations.ts'
import { findAttribute, stringOf } from './attributes.ts'

/** A model's, view's or enum's name in the database. */
export function databaseName(block: Block): string {
  return stringOf(findAttribute(block.attributes, 'map'), 'name', 'first') ?? block.name
}

/** The schema of the database in which it lies, where the schema file says so. */
export function schemaOf(block: Block): string | undefined {
  return stringOf(findAttribute(block.attributes, 'schema'), 'map', 'first')
}
