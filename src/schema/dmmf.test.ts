import { join } from 'node:path'
import { expect, it } from 'vitest'
import { differences } from './dmmf.ts'
import { loadSchema } from './load-schema.ts'
import type { FieldMeta, ModelMeta, RelationMeta, SchemaMeta } from './model-meta.ts'
import { prismaDatamodel } from './prisma-datamodel.ts'
import { readSchema } from './source/read-schema.ts'

const path = join(import.meta.dirname, 'fixtures', 'blog.prisma')
const { schema } = loadSchema({ schemaPath: path })
const datamodel = prismaDatamodel(readSchema(path).files)

it('the same reading has no differences', () => {
  expect(differences(schema, datamodel)).toEqual([])
})

const email = (change: Partial<FieldMeta>) =>
  user({ fields: { email: { ...schema.models.User!.fields.email!, ...change } } })
const manager = (change: Partial<RelationMeta>) =>
  user({ relations: { manager: { ...schema.models.User!.relations.manager!, ...change } } })

it.each<[string, SchemaMeta, string]>([
  ['a missing model', without('Tag'), 'models'],
  ['another table', user({ table: 'users' }), 'User: its name'],
  [
    'a missing field',
    { ...schema, models: { ...schema.models, Tag: { ...schema.models.Tag!, fields: {} } } },
    'Tag: its fields',
  ],
  ['another column', email({ column: 'mail' }), 'User.email'],
  ['another type', email({ type: 'Int' }), 'User.email'],
  ['another native type', email({ native: 'Text' }), 'User.email'],
  ['another nullability', email({ nullable: true }), 'User.email'],
  ['a list', email({ list: true }), 'User.email'],
  ['another default', email({ default: { kind: 'literal', value: 'x' } }), 'User.email'],
  ['another model at the other end', manager({ model: 'Tag' }), 'User.manager'],
  ['another foreign key', manager({ on: { fields: ['mentorId'], references: ['id'] } }), 'User.manager'],
  ['another action', manager({ onDelete: 'Cascade' }), 'User.manager'],
  ['a missing key', user({ uniques: {} }), 'User: its unique keys'],
  ['another label', { ...schema, enums: { Role: { ...schema.enums.Role!, values: { ADMIN: 'x' } } } }, 'enum Role'],
])('%s is a difference', (_what, changed, expected) => {
  const found = differences(changed, datamodel)
  expect(found).toHaveLength(1)
  expect(found[0]).toContain(expected)
})

function without(name: string): SchemaMeta {
  return { ...schema, models: Object.fromEntries(Object.entries(schema.models).filter(([each]) => each !== name)) }
}

function user({ fields, relations, ...change }: Partial<ModelMeta>): SchemaMeta {
  const { User } = schema.models
  const changed = {
    ...User!,
    ...change,
    fields: { ...User!.fields, ...fields },
    relations: { ...User!.relations, ...relations },
  }
  return { ...schema, models: { ...schema.models, User: changed } }
}
