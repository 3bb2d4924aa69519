import { expect, it } from 'vitest'
import { sample } from '../rounds.ts'
import { createProject } from './project.ts'

const user = (fields: string) => `enum Role {\n  ADMIN\n  READER\n}\nmodel User {\n  id Int @id\n  ${fields}\n}`
const FIRST = 'name String\n  age Int?\n  score Decimal @db.Decimal(10, 2)\n  role Role'

it.each(
  sample(
    [
      {
        change: 'a dropped column',
        to: FIRST.replace('age Int?', ''),
        kinds: ['column dropped'],
        message: 'User.age is dropped, with 1 value.',
      },
      {
        change: 'a column of another type',
        to: FIRST.replace('age Int?', 'age Boolean?'),
        kinds: ['column retyped'],
        message: 'boolean instead of integer',
      },
      {
        change: 'a narrower type',
        to: FIRST.replace('10, 2', '9, 1'),
        kinds: ['type narrowed'],
        message: 'numeric(9,1) instead of numeric(10,2)',
      },
    ],
    2,
  ),
)('names $change, and asks', async ({ to, kinds, message }) => {
  await using project = await createProject()
  await project.schema(user(FIRST))
  await project.dev()
  await project.query(`INSERT INTO "User" VALUES (1, 'ann', 7, 1.5, 'ADMIN')`)
  await project.schema(user(to))
  const error = await project.dev().catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'SUB_DATA_LOSS_UNCONFIRMED', message: expect.stringContaining(message) })
  await expect(project.dev({ confirmLoss: async () => false })).rejects.toMatchObject({
    code: 'SUB_DATA_LOSS_UNCONFIRMED',
  })
  const result = await project.dev({ confirmLoss: async () => true })
  expect(result.losses.map(({ kind }) => kind)).toEqual(kinds)
  expect(result.migration?.sql).toContain(`-- Warnings:\n--   `)
  expect(result.migration?.sql).toContain(message)
})

it.each(
  sample(
    [
      { change: 'a required column without a default', to: `${FIRST}\n  email String` },
      { change: 'a column that must not be null any more', to: FIRST.replace('Int?', 'Int') },
    ],
    2,
  ),
)('refuses $change where there are rows, and asks where there are none', async ({ to }) => {
  await using project = await createProject()
  await project.schema(user(FIRST))
  await project.dev()
  await project.schema(user(to))
  await expect(project.dev()).rejects.toMatchObject({ code: 'SUB_DATA_LOSS_UNCONFIRMED' })
  await project.query(`INSERT INTO "User" VALUES (1, 'ann', NULL, 1.5, 'ADMIN')`)
  await expect(project.dev({ confirmLoss: async () => true })).rejects.toMatchObject({
    code: 'SUB_MIGRATION_IMPOSSIBLE',
  })
  expect((await project.dev({ createOnly: true })).migration).toMatchObject({ applied: false })
})

it.each(
  sample(
    [
      { change: 'a wider type', to: FIRST.replace('10, 2', '12, 3') },
      { change: 'an optional column', to: `${FIRST}\n  email String?` },
      { change: 'a required column with a default', to: `${FIRST}\n  email String @default("")` },
      { change: 'text instead of a number', to: FIRST.replace('age Int?', 'age BigInt?') },
    ],
    2,
  ),
)('does not ask about $change', async ({ to }) => {
  await using project = await createProject()
  await project.schema(user(FIRST))
  await project.dev()
  await project.query(`INSERT INTO "User" VALUES (1, 'ann', 7, 1.5, 'ADMIN')`)
  await project.schema(user(to))
  expect(await project.dev()).toMatchObject({ losses: [], migration: { applied: true } })
})

it('names a dropped table and a value that an enum loses', async () => {
  await using project = await createProject()
  await project.schema(`${user(FIRST)}\nmodel Note {\n  id Int @id\n}`)
  await project.dev()
  await project.query(`INSERT INTO "Note" VALUES (1), (2); INSERT INTO "User" VALUES (1, 'ann', 7, 1.5, 'ADMIN')`)
  await project.schema(user(FIRST).replace('  READER\n', ''))
  const { losses } = await project.dev({ confirmLoss: async () => true })
  expect(losses).toMatchObject([
    { kind: 'table dropped', table: 'Note', rows: 2 },
    { kind: 'enum value removed', column: 'READER', rows: 0 },
  ])
})

it.each(
  sample(
    [
      {
        change: 'a check',
        to: '/// @check("adults", "age > 17")\n  age Int?',
        reason: '"adults" of relation "User" is violated',
      },
      { change: 'a unique key', to: 'age Int? @unique', reason: 'could not create unique index "User_age_key"' },
      { change: 'a shorter type', to: 'age Int?\n  name String @db.VarChar(2)', reason: 'value too long for type' },
    ],
    2,
  ),
)('refuses $change that the rows do not allow, and leaves nothing behind', async ({ to, reason }) => {
  await using project = await createProject()
  const models = (fields: string) =>
    `model User {\n  id Int @id\n  ${fields.includes('name') ? '' : 'name String?'}\n  ${fields}\n}`
  await project.schema(models('age Int?'))
  await project.dev()
  await project.query(`INSERT INTO "User" (id, name, age) VALUES (1, 'ann', 7), (2, 'bob', 7)`)
  const before = await project.objects()
  await project.schema(models(to))
  await expect(project.dev({ confirmLoss: async () => true })).rejects.toMatchObject({
    code: 'SUB_MIGRATION_IMPOSSIBLE',
    message: expect.stringContaining(reason),
  })
  expect(await project.objects()).toEqual(before)
  await project.query('DELETE FROM "User"')
  expect(await project.dev({ confirmLoss: async () => true })).toMatchObject({
    pending: [],
    migration: { applied: true },
  })
})
