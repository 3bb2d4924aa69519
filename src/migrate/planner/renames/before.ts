import type { Annotations, AnnotationValue, FieldMeta, ModelMeta, SchemaMeta } from '../../../schema/index.ts'
import type { Names } from '../../objects/index.ts'
import type { Rename } from './rename.ts'

/**
 * The schema with the database's names from before some renames, those in SQL included. An object whose mark was taken of this
 * schema is the same as the one declared now.
 */
export function schemaBefore(schema: SchemaMeta, renames: readonly Rename[], names: Names): SchemaMeta {
  if (renames.length === 0) return schema
  const models = Object.entries(schema.models).map(([key, model]) => [key, modelBefore(model, renames, names)] as const)
  const enums = Object.entries(schema.enums).map(([key, each]) => {
    const own = renames.find(
      ({ what, schema: place, to }) => what === 'enum' && isIn(each, place, names) && to === each.type,
    )
    return [key, own ? { ...each, type: own.from } : each] as const
  })
  return { ...schema, models: Object.fromEntries(models), enums: Object.fromEntries(enums) }
}

function modelBefore(model: ModelMeta, renames: readonly Rename[], names: Names): ModelMeta {
  const here = renames.filter(({ schema }) => isIn(model, schema, names))
  const columns = new Map(
    here.filter(({ what, table }) => what === 'field' && table === model.table).map(({ from, to }) => [to, from]),
  )
  const table = here.find(({ what, to }) => what === 'model' && to === model.table)?.from ?? model.table
  const words = new Map([
    ...columns,
    ...renames.filter(({ what }) => what !== 'field').map(({ from, to }) => [to, from] as const),
  ])
  const fields = Object.entries(model.fields).map(([key, field]) => [key, fieldBefore(field, columns, words)] as const)
  return {
    ...model,
    table,
    fields: Object.fromEntries(fields),
    ...(model.annotations && { annotations: annotationsBefore(model.annotations, words) }),
  }
}

function fieldBefore(
  field: FieldMeta,
  columns: ReadonlyMap<string, string>,
  words: ReadonlyMap<string, string>,
): FieldMeta {
  return {
    ...field,
    column: columns.get(field.column) ?? field.column,
    ...(field.annotations && { annotations: annotationsBefore(field.annotations, words) }),
  }
}

/** Only in SQL: names of objects and of fields stay. */
const sqlArguments: readonly string[] = ['sql', 'where']

function annotationsBefore(annotations: Annotations, words: ReadonlyMap<string, string>): Annotations {
  return Object.fromEntries(
    Object.entries(annotations).map(([name, uses]) => [
      name,
      uses.map((given) =>
        Object.fromEntries(
          Object.entries(given).map(([key, value]): [string, AnnotationValue] => [
            key,
            sqlArguments.includes(key) && typeof value === 'string' ? sqlBefore(value, words) : value,
          ]),
        ),
      ),
    ]),
  )
}

/** Replaces identifiers, and leaves strings as they are. */
function sqlBefore(sql: string, words: ReadonlyMap<string, string>): string {
  return sql.replace(
    /'(?:[^']|'')*'|"(?<quoted>(?:[^"]|"")+)"|(?<plain>[\p{L}_][\p{L}\p{N}_$]*)/gu,
    (whole, ...rest) => {
      const { quoted, plain }: { quoted?: string; plain?: string } = rest.at(-1)
      const earlier = words.get(quoted ?? plain ?? '')
      if (earlier === undefined) return whole
      return quoted === undefined && /^[a-z_][a-z0-9_]*$/.test(earlier) ? earlier : `"${earlier}"`
    },
  )
}

function isIn({ schema }: { readonly schema?: string }, place: string, names: Names): boolean {
  return (schema ?? names.defaultSchema) === place
}
