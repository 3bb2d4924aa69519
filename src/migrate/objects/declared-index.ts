import { identifier } from '../../pg/sql.ts'
import type { ModelMeta } from '../../schema/index.ts'
import { hashOf } from './mark.ts'
import type { DeclarationSource, DeclaredObject } from './object.ts'
import { fragment } from './sql-text.ts'

/** What the annotations of indexes have in common. */
interface IndexDeclaration {
  readonly annotation: string
  readonly name: string
  readonly unique: boolean | undefined
  readonly method?: string | undefined
  /** What stands in the parentheses. */
  readonly keys: string
  readonly include?: readonly string[]
  readonly where?: string | undefined
}

export function declaredIndex(model: ModelMeta, { names }: DeclarationSource, index: IndexDeclaration): DeclaredObject {
  const schema = model.schema ?? names.defaultSchema
  const create = [
    'CREATE ',
    index.unique ? 'UNIQUE INDEX ' : 'INDEX ',
    identifier(index.name),
    ` ON ${names.qualify(schema, model.table)}`,
    index.method === undefined ? '' : ` USING ${index.method}`,
    ` (${fragment(index.keys)})`,
    index.include === undefined ? '' : ` INCLUDE (${index.include.map((each) => identifier(each)).join(', ')})`,
    index.where === undefined ? '' : ` WHERE ${fragment(index.where)}`,
  ].join('')
  return {
    kind: 'index',
    annotation: index.annotation,
    origin: `@${index.annotation} on ${model.name}`,
    name: { schema, table: model.table, name: index.name },
    create: [create],
    hash: hashOf([create]),
  }
}

/** The columns of fields that an annotation names; those it can name have been checked against the model. */
export function columnsOf(model: ModelMeta, fields: readonly string[]): string[] {
  return fields.map((each) => model.fields[each]?.column ?? each)
}

/** Models with tables. */
export function tablesOf({ schema }: DeclarationSource): ModelMeta[] {
  return Object.values(schema.models).filter((each) => !each.view)
}

const longest = 63

/** The name of an index that was given none: as Prisma names its own, with a word that keeps the two apart. */
export function indexName(table: string, parts: readonly string[], kind: string, unique: boolean | undefined): string {
  const ending = `_${kind}_${unique ? 'key' : 'idx'}`
  const words = [table, ...parts].join('_')
  return cut(words, longest - Buffer.byteLength(ending)) + ending
}

function cut(text: string, bytes: number): string {
  let kept = ''
  for (const character of text) {
    if (Buffer.byteLength(kept + character) > bytes) return kept
    kept += character
  }
  return kept
}
