import { describe, expect, it } from 'vitest'
import { schemaAnnotations } from '../../schema/index.ts'
import { readAnnotatedSchema } from '../../schema/load-schema.ts'
import { readText } from '../../schema/syntax/read-text.ts'
import { rlsPolicy, rlsTenant } from './annotation.ts'
import { contextFunctionType, protectedModels } from './protection.ts'
import { createContextFunction, createPolicy, unindexedColumns } from './sql.ts'
import { wrapContextCalls } from './wrap.ts'

function read(text: string) {
  const definitions = [...schemaAnnotations, rlsPolicy, rlsTenant]
  const { schema, faults } = readAnnotatedSchema(readText([{ path: 'x.prisma', text }]), '.', definitions)
  return { schema, faults: faults.map(({ fault }) => `${fault.line}: ${fault.message}`) }
}

describe('the annotations’ rules', () => {
  it.each([
    ['@rls.policy("p")', 'it needs `using` or `check`'],
    [
      '@rls.policy("p", for: insert, using: "true")',
      'a new row is checked, not found: write `check` instead of `using`',
    ],
    ['@rls.policy("p", for: select, check: "true")', 'select writes no row: write `using` instead of `check`'],
    ['@rls.policy("p", for: delete, using: "a", check: "b")', 'delete writes no row: write `using` instead of `check`'],
    ['@rls.tenant(b)', 'there is no column `b` here'],
  ])('%s', (annotation, message) => {
    expect(read(`/// ${annotation}\nmodel A {\n  id Int @id @default(autoincrement())\n}`).faults).toEqual([
      `1: ${message}`,
    ])
  })

  it.each([rlsPolicy, rlsTenant])('the example of @$name has no fault', ({ example }) => {
    expect(read(example).faults).toEqual([])
  })
})

describe('what @rls.tenant demands of keys', () => {
  const parent = `/// @rls.tenant(t)
model P {
  id Int @id @default(autoincrement())
  t  String
  cs C[]
  @@unique([t, id])
}`
  const child = (relation: string, more = '') => `/// @rls.tenant(t)
model C {
  id  Int @id @default(autoincrement())
  t   String
  pId Int
  ${relation}
  ${more}
}`

  it.each([
    ['a composite foreign key', `${parent}\n${child('p P @relation(fields: [t, pId], references: [t, id])')}`, []],
    [
      'a foreign key without the tenant',
      `${parent}\n${child('p P @relation(fields: [pId], references: [id])')}`,
      ['8: `p` can point at another tenant’s P: write `p P @relation(fields: [t, pId], references: [t, id])`'],
    ],
    [
      'its target without the key',
      `${parent.replace('@@unique([t, id])', '')}\n${child('p P? @relation(fields: [pId], references: [id])')}`,
      [
        '8: `p` can point at another tenant’s P: write `p P? @relation(fields: [t, pId], references: [t, id], onDelete: Restrict)`, and `@@unique([t, id])` on P',
      ],
    ],
    [
      'a foreign key whose tenants are not paired',
      `${parent}\n${child('p P @relation(fields: [pId, t], references: [t, id])').replace('pId Int', 'pId String')}`.replace(
        'id Int @id',
        'id String @id',
      ),
      ['8: `p` can point at another tenant’s P: write `p P @relation(fields: [t, pId], references: [t, id])`'],
    ],
    [
      'a unique field',
      child('email String @unique'),
      ['1: `email` would be unique across tenants: write `@@unique([t, email])`'],
    ],
    [
      'a compound key',
      child('', '@@unique([pId, id])'),
      ['1: `pId`, `id` would be unique across tenants: write `@@unique([t, pId, id])`'],
    ],
    [
      'a primary key that callers choose',
      child('').replace('@id @default(autoincrement())', '@id'),
      ['1: `id` would be unique across tenants: write `@@id([t, id])`'],
    ],
    [
      'unique indexes of annotations',
      `/// @index.partial("true", fields: [pId], unique: true)\n/// @index.expression("lower(t), t", unique: true)\n${child('')}`,
      ['3: `@index.partial` would be unique across tenants: add `t` to it'],
    ],
    [
      'a tenant that may be null',
      child('').replace('t   String', 't   String?'),
      ["1: `t` may be null: a row without a tenant is nobody's, so make it required"],
    ],
    [
      'tenants of two types',
      `/// @rls.tenant(t)\nmodel Q {\n  id Int @id @default(autoincrement())\n  t Int\n}\n${child('')}`,
      ['6: the tenant’s id is text here and integer on Q: it has one type everywhere'],
    ],
    [
      'an implicit join table',
      `/// @rls.tenant(t)\nmodel Q {\n  id Int @id @default(autoincrement())\n  t String\n  cs C[]\n}\n${child('qs Q[]')}`,
      ['7: the join table of `qs` has no tenant: write it as a model of its own, with `@rls.tenant`'],
    ],
  ])('%s', (_name, text, faults) => {
    expect(read(text).faults).toEqual(faults)
  })

  it('demands nothing of models without the wall', () => {
    expect(read('model A {\n  id Int @id\n  email String @unique\n}').faults).toEqual([])
  })
})

describe('statements', () => {
  it.each([
    ['id = current_user_id()', 'id = (SELECT current_user_id())'],
    ['id = public.Current_User_Id( )', 'id = (SELECT public.Current_User_Id( ))'],
    ['id = (select current_user_id())', 'id = (select current_user_id())'],
    [`id = current_setting('a.b', true)::uuid`, `id = (SELECT current_setting('a.b', true))::uuid`],
    [`note = 'current_user_id()' -- current_user_id()`, `note = 'current_user_id()' -- current_user_id()`],
    ['"current_user_id()" = my_current_user_id()', '"current_user_id()" = my_current_user_id()'],
    [
      `tenant_id = current_tenant_id() OR owner = current_user_id()`,
      `tenant_id = (SELECT current_tenant_id()) OR owner = (SELECT current_user_id())`,
    ],
  ])('%s', (sql, wrapped) => {
    expect(wrapContextCalls(sql)).toBe(wrapped)
  })

  it('a policy with every clause', () => {
    expect(
      createPolicy('"t"', {
        annotation: 'rls.policy',
        name: 'a "b"',
        command: 'update',
        role: 'Admin',
        using: 'true',
        check: 'x = current_user_id()',
        permissive: false,
      }),
    ).toBe(
      'CREATE POLICY "a ""b""" ON "t" AS RESTRICTIVE FOR UPDATE TO "Admin" USING (true) WITH CHECK (x = (SELECT current_user_id()))',
    )
  })

  it.each([
    ['String', '', 'text'],
    ['String', '@db.Uuid', 'uuid'],
    ['String', '@db.VarChar(30)', 'text'],
    ['Int', '', 'integer'],
    ['Int', '@db.SmallInt', 'smallint'],
    ['BigInt', '', 'bigint'],
  ])('current_user_id() for an id %s %s is %s', (type, native, sql) => {
    const { schema } = read(`model User {\n  id ${type} @id ${native}\n}`)
    expect(contextFunctionType('current_user_id', schema)).toBe(sql)
    expect(createContextFunction('f', 'current_user_id', sql)).toContain(`RETURNS ${sql}`)
  })

  it.each([
    ['owner_id = current_user_id()', '', ['owner_id']],
    ['current_user_id() = owner_id', '', ['owner_id']],
    ['(SELECT current_user_id()) = "owner_id"', '', ['owner_id']],
    ['owner_id = current_user_id()', '@@index([owner, id])', []],
    ['owner_id = current_user_id()', '@@index([id, owner])', ['owner_id']],
    ['owner_id = current_user_id()', '@@index([owner], type: Hash)', ['owner_id']],
    ['id = current_user_id()', '', []],
    ['co_owner_id = current_user_id()', '', ['co_owner_id']],
    ['owner_id IS NULL', '', []],
  ])('the index for %s beside %s', (using, key, columns) => {
    const { schema } = read(
      `/// @rls.policy("p", using: ${JSON.stringify(using)})\nmodel A {\n  id String @id\n  owner String @map("owner_id")\n  co String @map("co_owner_id")\n  ${key}\n}`,
    )
    expect(unindexedColumns(protectedModels(schema).get('A')!)).toEqual(columns)
  })
})
