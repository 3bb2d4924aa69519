import type { FieldMeta } from '../../schema/index.ts'

/** SQL types of ids by Prisma's native type. Comparing a column with another type than its own can cost the index. */
const natives: Readonly<Record<string, string>> = {
  Uuid: 'uuid',
  Citext: 'citext',
  Char: 'bpchar',
  SmallInt: 'smallint',
}

const scalars: Readonly<Record<string, string>> = { String: 'text', Int: 'integer', BigInt: 'bigint' }

/** The type that a context function returns for ids of this field; undefined for what cannot be an id. */
export function idType(field: FieldMeta | undefined): string | undefined {
  if (field === undefined || field.kind !== 'scalar' || field.list) return undefined
  const native = field.native?.replace(/\(.*/, '')
  return (native === undefined ? undefined : natives[native]) ?? scalars[field.type]
}
