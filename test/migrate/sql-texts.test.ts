// SQL in annotations as people write it: comments behind it, quotes, dollars, backslashes, types that Prisma does not know.
import { expect, it } from 'vitest'
import { createProject } from './project.ts'

it('takes SQL that ends with a comment', async () => {
  await using project = await createProject()
  await project.write(
    'double.sql',
    'CREATE OR REPLACE FUNCTION double(n int) RETURNS int IMMUTABLE LANGUAGE sql AS $$ SELECT n * 2 $$; -- twice',
  )
  await project.schema(`/// @function("double.sql")

/// @check("n_positive", "n > 0 -- never less")
/// @index.partial("n > 1 -- not the first", fields: [n])
/// @index.expression("(n + 1) -- the next", where: "n > 2 -- nor the second")
model Line {
  n     Int  @id
  /// @generated("double(n) -- computed")
  twice Int?
}
/// @view.materialized(sql: "SELECT n FROM \\"Line\\" -- every one", unique: [n])
view All {
  n Int @unique
}`)
  await project.dev()
  await project.query('INSERT INTO "Line" VALUES (4)')
  expect(await project.query('SELECT twice FROM "Line"')).toEqual([{ twice: 8 }])
  await expect(project.query('INSERT INTO "Line" VALUES (-1)')).rejects.toThrow('n_positive')
  expect((await project.dev()).migration).toBeUndefined()
})

it('generates columns of types that Prisma does not know', async () => {
  const models = (language: string) => `model Post {
  id     Int                      @id
  title  String
  /// @generated("to_tsvector('${language}', title)")
  search Unsupported("tsvector")? @map("search_vector")
  @@index([search], type: Gin)
}`
  await using project = await createProject()
  await project.schema(models('english'))
  await project.dev()
  await project.query(`INSERT INTO "Post" VALUES (1, 'two cats')`)
  expect(await project.query('SELECT search_vector::text FROM "Post"')).toEqual([{ search_vector: "'cat':2 'two':1" }])
  expect((await project.dev()).migration).toBeUndefined()
  await project.schema(models('simple'))
  await project.dev()
  expect(await project.query('SELECT search_vector::text FROM "Post"')).toEqual([{ search_vector: "'cats':2 'two':1" }])
  expect((await project.dev()).migration).toBeUndefined()
})

it('leaves quotes, dollars and backslashes in SQL and in names as they are', async () => {
  const odd = String.raw`'a''b"c\d$$e$1$&'`
  const written = JSON.stringify(`n <> ${odd}`)
  await using project = await createProject()
  await project.schema(String.raw`/// @check("odd \"name\"; $&", ${written})
model Line {
  id   Int     @id
  n    String
  /// @generated(${JSON.stringify(`n || ${odd}`)})
  more String? @map("more $& 'or' less")
  @@map("we.ird 'lines' $1")
}`)
  await project.dev()
  await project.query(`INSERT INTO "we.ird 'lines' $1" VALUES (1, 'x')`)
  expect(await project.query(`SELECT "more $& 'or' less" AS more FROM "we.ird 'lines' $1"`)).toEqual([
    { more: String.raw`xa'b"c\d$$e$1$&` },
  ])
  expect((await project.dev()).migration).toBeUndefined()
})

it.each([
  ['a function', '/// @function("f.sql")\n'],
  ['a view', ''],
])('refuses a second statement hidden in %s', async (_, annotation) => {
  await using project = await createProject()
  await project.write(
    'f.sql',
    `CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TABLE stranger (id int)`,
  )
  await project.schema(`${annotation}
${annotation === '' ? '/// @view.materialized(sql: "SELECT 1 AS id; DROP TABLE victims")' : ''}
view Some {
  id Int @unique
}
model Victim {
  id Int @id
  @@map("victims")
}`)
  await expect(project.dev()).rejects.toMatchObject({ code: 'SUB_ANNOTATION_REFUSED', details: { sqlState: '42601' } })
})

it('refuses two files that make one function', async () => {
  const file = (result: number) => `CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT ${result}'`
  await using project = await createProject()
  await project.write('one.sql', file(1))
  await project.write('two.sql', file(2))
  await project.schema('/// @function("one.sql")\n')
  await project.dev()
  await project.schema('/// @function("one.sql")\n/// @function("two.sql")\n')
  await expect(project.dev()).rejects.toMatchObject({
    code: 'SUB_OBJECT_NAMED_TWICE',
    message: expect.stringMatching(/"one\.sql".*"two\.sql"/),
  })
})
