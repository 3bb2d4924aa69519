// Each kind of object that an annotation declares: made, changed, removed, and its neighbours made by hand left alone.
import { describe, expect, it } from 'vitest'
import { full, sample } from '../rounds.ts'
import { createProject } from './project.ts'

const BY_HAND = `
  CREATE TABLE orders (id int CONSTRAINT orders_pkey PRIMARY KEY, total int NOT NULL, note text);
  CREATE INDEX hand_partial ON orders (id) WHERE total > 1;
  CREATE INDEX hand_expression ON orders (lower(note));
  CREATE INDEX hand_covering ON orders (id) INCLUDE (total);
  CREATE UNIQUE INDEX hand_nulls ON orders (note) NULLS NOT DISTINCT;
  ALTER TABLE orders ADD CONSTRAINT hand_check CHECK (total > -1), ADD CONSTRAINT hand_exclusion EXCLUDE (id WITH =);
  ALTER TABLE orders ADD COLUMN hand_generated int GENERATED ALWAYS AS (id * 2) STORED;
  CREATE FUNCTION hand_function() RETURNS int LANGUAGE sql AS 'SELECT 1';
  CREATE VIEW hand_view AS SELECT id FROM orders;
  CREATE MATERIALIZED VIEW hand_materialized AS SELECT id FROM orders;
  CREATE UNIQUE INDEX hand_materialized_id ON hand_materialized (id);`

const order = (above: string, fields = '') => `${above}
model Order {
  id    Int     @id
  total Int
  note  String?
  ${fields}
  @@map("orders")
}`

const locales = '\nenum Locale {\n  EN\n  german\n  JA @map("ja")\n}\n'

interface Kind {
  readonly kind: string
  readonly pattern: RegExp
  /** Two declarations of an object, and what the catalogue says of each. */
  readonly first: string
  readonly second: string
  readonly files?: Readonly<Record<string, string>>
}

const view = (sql: string, unique = '[id]') => `${order('')}
/// @view.materialized(sql: "${sql}", unique: ${unique})
view Big {
  id Int @unique
  @@map("big")
}`

const kinds: readonly Kind[] = [
  {
    kind: 'a partial index on a model',
    pattern: /index our/,
    first: order('/// @index.partial("total > 10", fields: [note, id], name: "our")'),
    second: order('/// @index.partial("total > 20", fields: [note, id], name: "our", unique: true)'),
  },
  {
    kind: 'a partial index on a field',
    pattern: /index orders_rank_partial/,
    first: order('', '/// @index.partial("note IS NULL")\n  rank Int?'),
    second: order('', '/// @index.partial("note IS NOT NULL")\n  rank Int?'),
  },
  {
    kind: 'an expression index',
    pattern: /index our/,
    first: order('/// @index.expression("upper(note)", name: "our")'),
    second: order('/// @index.expression("upper(note), total DESC", name: "our", where: "total > 0")'),
  },
  {
    kind: 'an expression index over a plain column',
    pattern: /index our/,
    first: order('/// @index.expression("note text_pattern_ops", name: "our")'),
    second: order('/// @index.expression("total", name: "our", method: brin)'),
  },
  {
    kind: 'a covering index',
    pattern: /index orders_total_covering/,
    first: order('/// @index.covering(fields: [total], include: [note])'),
    second: order('/// @index.covering(fields: [total], include: [id, note])'),
  },
  {
    kind: 'a check',
    pattern: /constraint orders.our/,
    first: order('/// @check("our", "total <> 13")'),
    second: order('/// @check("our", "total <> 14 AND note <> \'it\'\'s\'")'),
  },
  {
    kind: 'a generated column',
    pattern: /column orders.double/,
    first: order('', '/// @generated("total * 2")\n  double Int?\n  @@index([double])'),
    second: order('', '/// @generated("total * 4")\n  double BigInt?\n  @@index([double])'),
  },
  {
    kind: 'a materialized view',
    pattern: /view big|index big/,
    first: view('SELECT id FROM orders WHERE total > 10'),
    second: view('SELECT id FROM orders WHERE total > 20'),
  },
  {
    kind: 'a search',
    pattern: /column orders.search_vector|index orders_search_idx/,
    first: order('/// @search(fields: [note: A])'),
    second: order('/// @search(fields: [note: A], language: "en")'),
  },
  {
    kind: 'a search without accents, and for similar words',
    pattern: /search_vector|orders_search_idx|orders_note_similar_idx|text search configuration/,
    first: order('/// @search(fields: [note: A], language: "german", unaccent: true)'),
    second: order('/// @search(fields: [note: B], unaccent: true, fuzzy: true)'),
  },
  {
    kind: 'a search in the language of each row',
    pattern: /search_vector|orders_search_idx|text search configuration/,
    first: order('/// @search(fields: [note: A], languageField: locale)', 'locale Locale @default(EN)\n') + locales,
    second:
      order('/// @search(fields: [note: A], languageField: locale, unaccent: true)', 'locale Locale @default(EN)\n') +
      locales,
  },
  {
    kind: 'a function',
    pattern: /function our/,
    first: order('/// @function("first.sql")'),
    second: order('/// @function("second.sql")'),
    files: {
      'first.sql': "CREATE OR REPLACE FUNCTION our(a int) RETURNS int LANGUAGE sql AS 'SELECT $1 + 1';\n",
      'second.sql': "CREATE OR REPLACE FUNCTION our(a int) RETURNS int LANGUAGE sql AS 'SELECT $1 + 2';\n",
    },
  },
  {
    kind: 'a function whose signature changes',
    pattern: /function our/,
    first: order('/// @function("first.sql")'),
    second: order('/// @function("second.sql")'),
    files: {
      'first.sql': "CREATE OR REPLACE FUNCTION our(a int) RETURNS int LANGUAGE sql AS 'SELECT $1 + 1';\n",
      'second.sql': "CREATE OR REPLACE FUNCTION our(a int) RETURNS text LANGUAGE sql AS $$ SELECT 'x' $$;\n",
    },
  },
]

describe.each(sample(kinds, 3))('$kind', ({ pattern, first, second, files = {} }) => {
  it('is made, changed and removed; a second run changes nothing, and what was made by hand stays', async () => {
    await using project = await createProject()
    for (const [file, text] of Object.entries(files)) await project.write(file, text)
    await project.migration('20200101000000_by_hand', BY_HAND)
    await project.schema(order(''))
    expect((await project.dev()).migration).toBeUndefined()
    const handMade = await project.objects()
    expect(handMade.join()).toContain('hand_check')
    const seen: string[][] = []
    for (const text of [first, second]) {
      await project.schema(text)
      expect((await project.dev()).migration?.applied).toBe(true)
      seen.push(await project.objects(pattern))
      expect(await project.objects(/hand_/)).toEqual(handMade.filter((line) => line.includes('hand_')))
      expect((await project.dev()).migration).toBeUndefined()
    }
    expect(seen[0]!.length).toBeGreaterThan(0)
    expect(seen[0]!.join()).toContain('substrata: ')
    expect(seen[1]).not.toEqual(seen[0])
    await project.schema(order(''))
    await project.dev({ confirmLoss: async () => true })
    expect(await project.objects()).toEqual(handMade)
  })

  it.runIf(full)('is made in one migration with its table', async () => {
    await using project = await createProject()
    for (const [file, text] of Object.entries(files)) await project.write(file, text)
    await project.schema(second)
    expect((await project.dev()).migration?.applied).toBe(true)
    expect((await project.dev()).migration).toBeUndefined()
    expect((await project.objects(pattern)).length).toBeGreaterThan(0)
  })
})
