// Objects of annotations that stand in the way of a change of the models, or of one another.
import { expect, it } from 'vitest'
import { createProject, type TestProject } from './project.ts'

async function equalsScratch(project: TestProject, models: string, files: Record<string, string> = {}): Promise<void> {
  expect((await project.dev()).migration).toBeUndefined()
  await using scratch = await createProject()
  for (const [file, text] of Object.entries(files)) await scratch.write(file, text)
  await scratch.schema(models)
  await scratch.dev()
  expect(await project.objects()).toEqual(await scratch.objects())
}

const line = (price: string, status: string) => `enum Status {
  ${status}
}
/// @index.partial("status = 'OPEN'", fields: [id])
/// @check("price_positive", "price > 0")
/// @index.expression("(price + 1)", name: "price_plus")
model Line {
  id       Int      @id
  price    ${price}
  quantity Int
  status   Status
  /// @generated("price * quantity")
  total    Decimal?
  @@index([total])
  @@map("lines")
}
/// @view.materialized(sql: "SELECT id, total FROM lines WHERE status = 'OPEN'", unique: [id])
view Open {
  id    Int     @unique
  total Decimal?
  @@map("open_lines")
}
/// @view.materialized(sql: "SELECT sum(total) AS total FROM open_lines")
view Sum {
  total Decimal? @unique
  @@map("a_sum_of_open_lines")
}`

it('makes views, columns, indexes and checks anew when a column that they need changes its type', async () => {
  await using project = await createProject()
  await project.schema(line('Int', 'OPEN\n  CLOSED'))
  await project.dev()
  await project.query(`INSERT INTO lines VALUES (1, 2, 3, 'OPEN')`)
  const after = line('BigInt', 'OPEN')
  await project.schema(after)
  const { migration, losses } = await project.dev({ confirmLoss: async () => true })
  expect(losses.map(({ kind }) => kind)).toEqual(['enum value removed'])
  expect(migration?.sql).toContain('DROP MATERIALIZED VIEW "a_sum_of_open_lines"')
  expect(await project.query('SELECT total::int FROM lines')).toEqual([{ total: 6 }])
  expect(await project.query('SELECT total::int FROM a_sum_of_open_lines')).toEqual([{ total: 6 }])
  await equalsScratch(project, after)
})

it('drops tables with everything on them', async () => {
  await using project = await createProject()
  await project.schema(line('Int', 'OPEN'))
  await project.dev()
  const after = 'model Other {\n  id Int @id\n}'
  await project.schema(after)
  await project.dev({ confirmLoss: async () => true })
  await equalsScratch(project, after)
})

it('keeps the values of a column that is no longer generated, and says that those of a plain one go', async () => {
  const models = (annotation: string) => `model Line {
  id    Int  @id
  ${annotation}
  twice Int?
}`
  await using project = await createProject()
  await project.schema(models('/// @generated("id * 2")'))
  await project.dev()
  await project.query('INSERT INTO "Line" VALUES (21)')
  await project.schema(models(''))
  expect((await project.dev()).losses).toEqual([])
  expect(await project.query('SELECT twice FROM "Line"')).toEqual([{ twice: 42 }])
  await equalsScratch(project, models(''))
  await project.schema(models('/// @generated("id * 3")'))
  await expect(project.dev()).rejects.toMatchObject({ code: 'SUB_DATA_LOSS_UNCONFIRMED' })
  const { losses } = await project.dev({ confirmLoss: async () => true })
  expect(losses).toMatchObject([{ kind: 'column retyped', column: 'twice', rows: 1 }])
  expect(await project.query('SELECT twice FROM "Line"')).toEqual([{ twice: 63 }])
  await equalsScratch(project, models('/// @generated("id * 3")'))
})

it('brings functions before what calls them, and after the tables that their signatures name', async () => {
  const files = {
    'twice.sql': `CREATE OR REPLACE FUNCTION twice(a int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1 * 2'`,
    'count.sql': `CREATE OR REPLACE FUNCTION count_lines() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM lines'`,
    'price.sql': `CREATE OR REPLACE FUNCTION price(l lines) RETURNS int LANGUAGE sql AS 'SELECT l.doubled'`,
    'changed.sql': `CREATE OR REPLACE FUNCTION twice(a int, b int DEFAULT 2) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1 * b'`,
  }
  const models = (twice: string) => `
/// @function("${twice}")

/// @function("count.sql")
/// @function("price.sql")
/// @check("even", "twice(id) > 0")
model Line {
  id      Int  @id
  /// @generated("twice(id)")
  doubled Int?
  @@map("lines")
}`
  await using project = await createProject()
  for (const [file, text] of Object.entries(files)) await project.write(file, text)
  await project.schema(models('twice.sql'))
  await project.dev()
  await equalsScratch(project, models('twice.sql'), files)
  await project.schema(models('changed.sql'))
  await project.dev()
  await equalsScratch(project, models('changed.sql'), files)
})

it('works in several database schemas', async () => {
  const models = (limit: number) => `
/// @index.partial("total > ${limit}", fields: [id])
/// @check("total_limit", "total > ${limit}")
model Line {
  id    Int  @id
  total Int
  /// @generated("total + ${limit}")
  more  Int?
  @@map("lines")
  @@schema("sales")
}
/// @view.materialized(sql: "SELECT id FROM sales.lines WHERE total > ${limit}")
view Big {
  id Int @unique
  @@map("big")
  @@schema("reports")
}`
  const options = { schemas: ['sales', 'reports'] }
  await using project = await createProject()
  await project.schema(models(1), options)
  await project.dev()
  await project.schema(models(2), options)
  await project.dev()
  expect((await project.dev()).migration).toBeUndefined()
  await using scratch = await createProject()
  await scratch.schema(models(2), options)
  await scratch.dev()
  expect(await project.objects()).toEqual(await scratch.objects())
})

it('uses a new value of an enum in the migration that adds it', async () => {
  const models = (labels: string, list: string) => `enum Status {
  ${labels}
}
/// @check("known", "status IN (${list})")
/// @index.partial("status IN (${list})", fields: [id])
model Line {
  id     Int    @id
  status Status
}`
  await using project = await createProject()
  await project.schema(models('OPEN', "'OPEN'"))
  await project.dev()
  await project.query(`INSERT INTO "Line" VALUES (1, 'OPEN')`)
  const after = models('OPEN\n  DONE', "'OPEN', 'DONE'")
  await project.schema(after)
  const { migration } = await project.dev()
  expect(migration?.sql).toMatch(/^-- AlterEnum\nBEGIN;\nALTER TYPE "Status" ADD VALUE 'DONE';\nCOMMIT;\n/)
  await project.query(`UPDATE "Line" SET status = 'DONE'`)
  await equalsScratch(project, after)
})

it('computes anew what was stored with an earlier body of a function', async () => {
  const body = (factor: number) =>
    `CREATE OR REPLACE FUNCTION times(n int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT n * ${factor}'`
  const models = `/// @function("times.sql")

/// @index.expression("times(id)", name: "by_times")
/// @check("times_positive", "times(id) > 0")
model Line {
  id    Int  @id
  /// @generated("times(id)")
  times Int?
  @@map("lines")
}
/// @view.materialized(sql: "SELECT times(id) AS times FROM lines")
view Times {
  times Int @unique
  @@map("all_times")
}`
  await using project = await createProject()
  await project.write('times.sql', body(2))
  await project.schema(models)
  await project.dev()
  await project.query('INSERT INTO lines VALUES (21)')
  await project.write('times.sql', body(3))
  await project.dev()
  expect(await project.query('SELECT times FROM lines')).toEqual([{ times: 63 }])
  expect(await project.query('SELECT times FROM all_times')).toEqual([{ times: 63 }])
  await equalsScratch(project, models, { 'times.sql': body(3) })
  await project.write('times.sql', body(-1))
  await expect(project.dev()).rejects.toMatchObject({
    code: 'SUB_MIGRATION_IMPOSSIBLE',
    message: expect.stringContaining('times_positive'),
  })
})
