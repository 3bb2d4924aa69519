import * as fc from 'fast-check'

/** A schema made up by fast-check: models and files, and the columns whose rows can be followed through a migration. */
export interface MadeSchema {
  readonly models: string
  readonly files: Readonly<Record<string, string>>
  /** Plain columns of `items` and their types in the schema: equal ones in two schemas keep their values. */
  readonly columns: Readonly<Record<string, string>>
}

/** How a field may be declared. None is required here and optional there: rows would be in the way. */
const variants = {
  name: ['String @default("x")', 'String @default("y")', 'String @default("y") @db.VarChar(80)'],
  price: ['Int @default(1)', 'BigInt @default(1)', 'Decimal @default(1) @db.Decimal(12, 2)'],
  quantity: ['Int?', 'BigInt?', 'Int? @default(2)'],
  status: ['Status @default(OPEN)'],
  note: ['String?', 'Int?', 'Boolean?', 'Json?', 'String[]'],
  at: ['DateTime @default(now())', 'DateTime @default(now()) @db.Timestamptz(3)', 'DateTime @default(now()) @db.Date'],
} as const

type FieldName = keyof typeof variants
type Fields = Readonly<Partial<Record<FieldName, string>>>

/** Annotations by the fields that they need. */
const annotations: readonly { readonly needs: readonly FieldName[]; readonly texts: readonly string[] }[] = [
  {
    needs: ['name'],
    texts: [
      "@index.partial(\"name <> 'it''s'\", fields: [name])",
      '@index.partial("name IS NOT NULL", fields: [name, id], unique: true)',
    ],
  },
  {
    needs: ['status'],
    texts: [
      '@index.partial("status = \'OPEN\'", fields: [id], name: "open")',
      '@index.partial("status <> \'OPEN\'", fields: [status], name: "open")',
    ],
  },
  {
    needs: ['name'],
    texts: [
      '@index.expression("lower(name)", name: "lower_name")',
      '@index.expression("upper(name), id DESC", name: "lower_name")',
    ],
  },
  {
    needs: ['price', 'quantity'],
    texts: [
      '@index.expression("(price * quantity)", name: "product")',
      '@index.expression("(price + quantity)", name: "product", where: "price > 0")',
    ],
  },
  {
    needs: ['price'],
    texts: [
      '@index.covering(fields: [price], include: [id])',
      '@index.covering(fields: [price, id], include: [version])',
    ],
  },
  {
    needs: ['price', 'quantity'],
    texts: ['@check("amount", "price >= 0")', '@check("amount", "price >= 0 AND quantity >= 0")'],
  },
  {
    needs: ['quantity'],
    texts: [
      '@check("twice", "twice(quantity::int) >= 0")',
      '@index.expression("twice(quantity::int)", name: "twice_index")',
    ],
  },
  {
    needs: ['name'],
    texts: [
      '@search(fields: [name: A])',
      '@search(fields: [name: B], language: "en", unaccent: true, fuzzy: true)',
      '@search(fields: [name: A], languageField: status)',
    ],
  },
  { needs: ['status'], texts: ['@check("known", "status IN (\'OPEN\', \'DONE\')")'] },
]

const generated: readonly { readonly needs: readonly FieldName[]; readonly texts: readonly string[] }[] = [
  {
    needs: ['price', 'quantity'],
    texts: [
      '/// @generated("price * quantity")\n  total Decimal?',
      '/// @generated("price * quantity + 1")\n  total BigInt? @db.BigInt',
      '/// @generated("ARRAY[price::int, quantity::int]")\n  total Int[]',
      'total Int?',
    ],
  },
  {
    needs: ['name'],
    texts: [
      '/// @generated("upper(name)")\n  loud String?',
      '/// @generated("upper(name)")\n  loud String? @db.VarChar(90)',
    ],
  },
  { needs: ['quantity'], texts: ['/// @generated("twice(quantity::int)")\n  doubled Int?\n  @@index([doubled])'] },
]

const views: readonly { readonly needs: readonly FieldName[]; readonly texts: readonly string[] }[] = [
  {
    needs: ['price'],
    texts: [
      'SELECT id, price::bigint AS value FROM items',
      'SELECT id, price::bigint AS value FROM items WHERE price > 1',
    ],
  },
  { needs: ['quantity', 'status'], texts: ["SELECT id, quantity::bigint AS value FROM items WHERE status = 'OPEN'"] },
  { needs: ['name'], texts: ['SELECT id, length(name)::bigint AS value FROM items'] },
]

const functions = [
  `CREATE OR REPLACE FUNCTION twice(a int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1 * 2'`,
  `CREATE OR REPLACE FUNCTION twice(a int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1 + $1'`,
  `CREATE OR REPLACE FUNCTION twice(a int) RETURNS bigint IMMUTABLE LANGUAGE sql AS 'SELECT $1::bigint * 2'`,
]

/** One of a few texts, or none. */
const some = (texts: readonly string[]) => fc.option(fc.constantFrom(...texts), { nil: undefined })

export const annotatedSchema: fc.Arbitrary<MadeSchema> = fc
  .record({
    fields: fc.record(
      Object.fromEntries(Object.entries(variants).map(([name, texts]) => [name, some(texts)])) as Record<
        FieldName,
        fc.Arbitrary<string | undefined>
      >,
    ),
    annotations: fc.tuple(...annotations.map(({ texts }) => some(texts))),
    generated: fc.tuple(...generated.map(({ texts }) => some(texts))),
    views: fc.tuple(...views.map(({ texts }) => some(texts))),
    viewOfView: fc.boolean(),
    twice: fc.constantFrom(...functions),
    labels: fc.subarray(['DONE', 'LOST']),
    line: fc.constantFrom('', 'required', 'optional'),
    tags: fc.boolean(),
    keys: fc.subarray(['@@index([version])', '@@unique([version, id])', '@@index([id, version(sort: Desc)])']),
  })
  .map(({ fields: chosen, ...made }) => {
    // An enum that loses values together with its last column is beyond Prisma's engine.
    const fields: Fields = {
      status: variants.status[0],
      ...Object.fromEntries(Object.entries(chosen).filter(([, text]) => text !== undefined)),
    }
    const fitting = (list: typeof annotations, texts: readonly (string | undefined)[]) =>
      texts.filter(
        (text, index): text is string => text !== undefined && list[index]!.needs.every((each) => each in fields),
      )
    const known = fitting(annotations, made.annotations).filter(
      (text) => !text.includes('DONE') || made.labels.includes('DONE'),
    )
    return {
      models: schemaText(made, fields, known, fitting(generated, made.generated), fitting(views, made.views)),
      files: { 'twice.sql': `${made.twice};\n` },
      columns: { ...fields },
    }
  })

function schemaText(
  {
    labels,
    line,
    tags,
    keys,
    viewOfView,
  }: { labels: string[]; line: string; tags: boolean; keys: string[]; viewOfView: boolean },
  fields: Fields,
  onModel: readonly string[],
  columns: readonly string[],
  queries: readonly string[],
): string {
  const lineKey = line === 'required' ? ['Int', 'Item'] : ['Int?', 'Item?']
  const viewNames = queries.map((_, index) => `view_${index}`)
  const all = viewOfView && queries.length > 0 ? [...queries, `SELECT id, value FROM view_0 WHERE value > 1`] : queries
  const names = all.length > viewNames.length ? [...viewNames, 'a_view_of_a_view'] : viewNames
  return `
/// @function("twice.sql")

enum Status {
  OPEN
  ${labels.join('\n  ')}
}

${onModel.map((each) => `/// ${each}`).join('\n')}
model Item {
  id      Int @id
  version Int @default(0)
  ${Object.entries(fields)
    .map(([name, text]) => `${name} ${text}`)
    .join('\n  ')}
  ${columns.join('\n  ')}
  ${line === '' ? '' : 'lines Line[]'}
  ${tags ? 'tags Tag[]' : ''}
  ${keys.join('\n  ')}
  @@map("items")
}
${line === '' ? '' : `model Line {\n  id Int @id\n  itemId ${lineKey[0]} @map("item_id")\n  item ${lineKey[1]} @relation(fields: [itemId], references: [id])\n}`}
${tags ? 'model Tag {\n  id Int @id\n  items Item[]\n}' : ''}
${all.map((sql, index) => `/// @view.materialized(sql: "${sql}", unique: [id])\nview V${index} {\n  id Int @unique\n  value BigInt?\n  @@map("${names[index]}")\n}`).join('\n')}
`
}
