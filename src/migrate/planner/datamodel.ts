import { resolve } from 'node:path'
import { identifier } from '../../pg/sql.ts'
import { type Field, type ModelBlock, readText, type SchemaMeta, type SchemaSource } from '../../schema/index.ts'
import type { SchemaFile } from '../engine/index.ts'
import { type DeclaredObject, keyOf, type Names } from '../objects/index.ts'

/** The datamodel as Prisma's engine gets it, and the way back from its SQL. */
export interface Datamodel {
  readonly files: readonly SchemaFile[]
  /** Puts generated columns into the engine's SQL, in the places of the types that stood for them. */
  readonly complete: (sql: string) => string
}

/**
 * Prisma's language has no generated columns. One that is to be added gets a type of its own here, `Unsupported("substrata_0")`,
 * which the engine copies into CREATE TABLE or ADD COLUMN, with every index of the column after it.
 */
export function datamodelFor(
  source: SchemaSource,
  schema: SchemaMeta,
  names: Names,
  added: readonly DeclaredObject[],
): Datamodel {
  const placeholders = new Map(added.map((each, index) => [keyOf(each), `substrata_${index}`]))
  const edits = readText(source.files)
    .blocks.filter((each): each is ModelBlock => each.kind === 'model')
    .flatMap((block) => editsOf(block, schema, names, placeholders))
  return {
    files: source.files.map(({ path, text }) => ({
      path: resolve(path),
      content: applyEdits(
        text,
        edits.filter((each) => each.path === path),
      ),
    })),
    complete: (sql) => added.reduce((done, each, index) => placeColumn(done, each, `substrata_${index}`), sql),
  }
}

/**
 * In CREATE TABLE the definition takes the place of the type. ADD COLUMN becomes a statement of its own after the one it stood in,
 * because the engine does not add columns in the order in which they are computed from each other.
 */
function placeColumn(sql: string, { name, create, definition = '' }: DeclaredObject, placeholder: string): string {
  const column = identifier(name.name)
  const at = sql.search(new RegExp(`${placeholder}\\b`))
  if (at < 0) return sql
  const start = Math.max(sql.lastIndexOf('CREATE TABLE ', at), sql.lastIndexOf('ALTER TABLE ', at))
  const end = sql.indexOf(';\n', at) + 1 || sql.length
  const statement = sql.slice(start, end)
  if (statement.startsWith('CREATE')) return sql.slice(0, at) + definition + sql.slice(at + placeholder.length)
  const clauses = statement.slice(0, -1).split(',\n')
  const own = clauses.findIndex((each) => each.includes(`ADD COLUMN     ${column} ${placeholder}`))
  const head = own === 0 ? (/^ALTER TABLE (?:"(?:[^"]|"")*"\.?)+ /.exec(statement)?.[0] ?? '') : ''
  const rest = clauses.filter((_, index) => index !== own)
  const remaining = rest.length === 0 ? '' : `${head}${rest.join(',\n')};\n`
  return `${sql.slice(0, start)}${remaining}${create.join(';\n')};${sql.slice(end)}`
}

interface Edit {
  readonly path: string
  readonly start: number
  readonly end: number
  readonly text: string
}

function editsOf(
  block: ModelBlock,
  schema: SchemaMeta,
  names: Names,
  placeholders: ReadonlyMap<string, string>,
): Edit[] {
  const model = schema.models[block.name]
  const path = block.file.path
  return block.members.flatMap((field) => {
    const column = model?.fields[field.name]?.column
    if (model === undefined || column === undefined) return []
    const name = { schema: model.schema ?? names.defaultSchema, table: model.table, name: column }
    const placeholder = placeholders.get(keyOf({ kind: 'generated column', name }))
    if (placeholder === undefined) return []
    return [{ path, start: field.start, end: field.end, text: unsupportedField(field, placeholder) }]
  })
}

/** Prisma takes neither a native type nor an empty default on it; all else stays. Lists may be null, as Prisma has them. */
function unsupportedField({ file, start, end, name, optional, list }: Field, type: string): string {
  const attributes = file.text
    .slice(start, end)
    .replace(/^\w+\s+(?:Unsupported\(\s*"(?:[^"\\]|\\.)*"\s*\)|\w+)(?:\[\])?\??/, '')
    .replace(/@\w+\.\w+(?:\([^)]*\))?/g, '')
    .replace(/@default\(dbgenerated\(\)\)/, '')
  return `${name} Unsupported(${JSON.stringify(type)})${optional || list ? '?' : ''} ${attributes}`
}

function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = text
  for (const { start, end, text: inserted } of edits.toSorted((a, b) => b.start - a.start))
    result = result.slice(0, start) + inserted + result.slice(end)
  return result
}
