import { describe, expect, it } from 'vitest'
import { createProject } from './project.ts'

const schema = (parts: {
  user?: string
  users?: string
  name?: string
  role?: string
  above?: string
  below?: string
}) => {
  const { user = 'User', users = 'users', name = 'name', role = 'Role', above = '', below = '' } = parts
  return `enum ${role} {
  ADMIN
  READER
}
${above}
model ${user} {
  id    Int    @id @default(autoincrement())
  ${name}  String @unique
  role  ${role}   @default(READER)
  posts Post[]
  tags  Tag[]
  ${below}
  @@map("${users}")
}
model Post {
  id       Int  @id
  authorId Int  @map("author_id")
  author   ${user} @relation(fields: [authorId], references: [id])
}
model Tag {
  id    Int    @id
  users ${user}[]
}`
}
const FILL = `INSERT INTO users (name) VALUES ('ann'); INSERT INTO "Post" VALUES (1, 1); INSERT INTO "Tag" VALUES (7);
  INSERT INTO "_TagToUser" VALUES (7, 1)`

describe('a rename that nobody has decided', () => {
  it('is refused with the flags that would decide it, and nothing is written', async () => {
    await using project = await createProject()
    await project.schema(schema({}))
    await project.dev()
    await project.schema(schema({ name: 'fullName', role: 'Rank' }))
    await expect(project.dev()).rejects.toMatchObject({
      code: 'SUB_RENAME_UNDECIDED',
      details: {
        candidates: [
          { what: 'enum', flag: 'Role:Rank' },
          { what: 'field', flag: 'User.name:fullName' },
        ],
      },
    })
    expect(await project.query('SELECT count(*)::int AS n FROM _prisma_migrations')).toEqual([{ n: 1 }])
  })

  it('is dropped and added where the answer is no', async () => {
    await using project = await createProject()
    await project.schema(schema({}))
    await project.dev()
    await project.schema(schema({ name: 'fullName' }))
    const result = await project.dev({ askRename: async () => false, confirmLoss: async () => true })
    expect(result.migration?.sql).toContain('DROP COLUMN "name"')
    expect(result.losses.map(({ kind }) => kind)).toEqual(['column dropped', 'required column added'])
  })

  it('names what vanished and what appeared when a flag fits neither', async () => {
    await using project = await createProject()
    await project.schema(schema({}))
    await project.dev()
    await project.schema(schema({ name: 'fullName' }))
    await expect(project.dev({ renames: ['User.nam:fullName'] })).rejects.toMatchObject({
      code: 'SUB_RENAME_UNKNOWN',
      details: { flag: 'User.nam:fullName', vanished: ['users.name'], appeared: ['User.fullName'] },
    })
  })
})

describe('a rename keeps the rows', () => {
  it.each([
    { what: 'a field', to: { name: 'fullName' }, renames: ['User.name:fullName'] },
    { what: 'a field, by the names of the database', to: { name: 'full_name' }, renames: ['users.name:full_name'] },
    { what: 'an enum', to: { role: 'Rank' }, renames: ['Role:Rank'] },
    { what: 'a table', to: { users: 'people' }, renames: ['users:people'] },
    {
      what: 'everything at once, with the table of an implicit many-to-many',
      to: { user: 'Account', users: 'accounts', name: 'title', role: 'Rank' },
      renames: ['users:Account', 'Account.name:title', 'Role:Rank', '_TagToUser:_AccountToTag'],
    },
  ])('$what', async ({ to, renames }) => {
    await using project = await createProject()
    await project.schema(schema({}))
    await project.dev()
    await project.query(FILL)
    await project.schema(schema(to))
    expect(await project.dev({ renames })).toMatchObject({ losses: [] })
    const table = to.users ?? 'users'
    const join = to.user === undefined ? '"_TagToUser"' : '"_AccountToTag"'
    expect(await project.query(`SELECT * FROM ${join}`)).toEqual([
      to.user === undefined ? { A: 7, B: 1 } : { A: 1, B: 7 },
    ])
    expect(await project.query(`SELECT "${to.name ?? 'name'}" AS name FROM ${table}`)).toEqual([{ name: 'ann' }])
    await project.query(`INSERT INTO ${table} ("${to.name ?? 'name'}") VALUES ('bob')`)
    expect((await project.dev()).migration).toBeUndefined()
    await using scratch = await createProject()
    await scratch.schema(schema(to))
    await scratch.dev()
    expect(await project.objects()).toEqual(await scratch.objects())
  })
})

it('takes the objects of annotations along without making them anew', async () => {
  const annotated = (column: string, users: string) =>
    schema({
      users,
      name: column,
      above: `/// @index.partial("${column} <> 'name'", fields: [${column}])
/// @index.expression("lower(${column})")
/// @check("name_given", "${column} <> ''")`,
      below: `/// @generated("upper(${column})")\n  loud String?`,
    })
  await using project = await createProject()
  await project.schema(annotated('name', 'users'))
  await project.dev()
  const oid = () => project.query(`SELECT conrelid, oid FROM pg_constraint WHERE conname = 'name_given'`)
  const before = await oid()
  await project.schema(annotated('label', 'people'))
  const result = await project.dev({ renames: ['users:people', 'User.name:label'] })
  expect(result.losses).toEqual([])
  expect(result.migration?.sql).not.toMatch(/\b(?:DROP|CREATE|ADD)\b/)
  expect(await oid()).toEqual(before)
  expect((await project.dev()).migration).toBeUndefined()
  await using scratch = await createProject()
  await scratch.schema(annotated('label', 'people'))
  await scratch.dev()
  expect(await project.objects()).toEqual(await scratch.objects())
})
