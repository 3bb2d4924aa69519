import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { annotationsOf } from '../grammar/define.ts'
import { grammarJson } from '../grammar/grammar-json.ts'
import { loadSchema, readAnnotatedSchema } from '../load-schema.ts'
import { readText } from '../syntax/read-text.ts'
import { indexPartial, schemaAnnotations, viewMaterialized } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'substrata-annotations-'))
cpSync(join(import.meta.dirname, '..', 'fixtures', 'shop', 'functions'), join(folder, 'functions'), { recursive: true })
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const head = `generator client {
  provider        = "prisma-client"
  output          = "./generated"
  previewFeatures = ["views"]
}

datasource db {
  provider = "postgresql"
}

`

it.each(schemaAnnotations.map((each) => [each.name, each] as const))(
  'the example of @%s works',
  (name, { example }) => {
    const schemaPath = join(folder, `${name}.prisma`)
    writeFileSync(schemaPath, head + example)
    const { schema } = loadSchema({ schemaPath })
    expect(JSON.stringify(schema)).toContain(`"${name}":[{`)
  },
)

it.each([
  ['index.partial', '/// @index.partial("x")\nmodel A {\n  a Int\n}', 'on a model it needs `fields`'],
  [
    'index.partial',
    'model A {\n  a Int /// @index.partial("x", fields: [a])\n}',
    'this stands on `a` and takes no fields: put it on the model',
  ],
  [
    'index.expression',
    '/// @index.expression("x", gin, unique: true)\nmodel A {\n  a Int\n}',
    'only a btree index can be unique, and this is gin',
  ],
  [
    'index.covering',
    '/// @index.covering([a], include: [a])\nmodel A {\n  a Int\n}',
    '`a` is among the searched fields already',
  ],
  ['view.materialized', '/// @view.materialized()\nview A {\n  a Int\n}', 'it needs `sql` or `file`'],
  [
    'view.materialized',
    '/// @view.materialized("x", "functions/total.sql")\nview A {\n  a Int\n}',
    'it takes `sql` or `file`, not both',
  ],
  [
    'view.materialized',
    '/// @view.materialized("x")\nmodel A {\n  a Int\n}',
    '`@view.materialized` does not stand on a model',
  ],
  [
    'generated',
    'model A {\n  a Int /// @generated("x")\n}',
    'Prisma would ask for `a` in every create: make it optional, or give it `@default(dbgenerated())`',
  ],
  [
    'generated',
    'model A {\n  a Int? @default(1) /// @generated("x")\n}',
    '`a` has a default, which a generated column cannot have',
  ],
  [
    'generated',
    'model A {\n  a B? /// @generated("x")\n}\nmodel B {\n  b A?\n}',
    '`@generated` does not stand on a relation',
  ],
  [
    'function',
    '/// @function("functions/none.sql")\nmodel A {\n  a Int\n}',
    'expected a path relative to this schema file: there is no file at functions/none.sql',
  ],
  ['check', 'enum A {\n  X /// @check("a", "b")\n}', '`@check` does not stand on an enum value'],
  [
    'check',
    `/// @check("${'é'.repeat(32)}", "b")\nmodel A {\n  a Int\n}`,
    'expected a name in quotes, of 1 to 63 bytes: this has 64 bytes',
  ],
  ['check', '/// @check("a", " ")\nmodel A {\n  a Int\n}', 'expected SQL in quotes: this is empty'],
])('@%s: %s', (_name, text, message) => {
  const { faults } = readAnnotatedSchema(
    readText([{ path: join(folder, 'x.prisma'), text }]),
    folder,
    schemaAnnotations,
  )
  expect(faults.map(({ fault }) => fault.message)).toEqual([message])
})

describe('a required generated column', () => {
  it.each(['Int @default(dbgenerated())', 'Int?', 'Int[]', 'Unsupported("tsvector")?'])('%s is possible', (type) => {
    const text = `model A {\n  a ${type} /// @generated("x")\n}`
    const { schema, faults } = readAnnotatedSchema(readText([{ path: 'x.prisma', text }]), folder, schemaAnnotations)
    expect(faults).toEqual([])
    expect(schema.models.A?.fields.a?.generated).toBe(true)
  })
})

it('files are kept relative to the schema’s folder', () => {
  const text = '/// @function("../functions/total.sql")\n\nmodel A {\n  a Int\n}'
  const path = join(folder, 'models', 'a.prisma')
  const { schema } = readAnnotatedSchema(readText([{ path, text }]), folder, schemaAnnotations)
  expect(schema.annotations).toEqual({ function: [{ file: 'functions/total.sql' }] })
})

it('arguments are read back with their types', () => {
  const { schema } = loadSchema({ schemaPath: join(import.meta.dirname, '..', 'fixtures', 'shop') })
  const { Product, Turnover } = schema.models
  const where: string | undefined = annotationsOf(indexPartial, Product!)[0]?.where
  const unique: readonly string[] | undefined = annotationsOf(viewMaterialized, Turnover!)[0]?.unique
  expect([where, unique]).toEqual(['withdrawn_at IS NULL', ['productId']])
  // @ts-expect-error there is no such argument
  expect(annotationsOf(indexPartial, Product!)[0]?.file).toBeUndefined()
  expect(annotationsOf(viewMaterialized, Product!)).toEqual([])
})

it('the grammar as data names every argument in order', () => {
  const check = grammarJson(schemaAnnotations).annotations[0]
  expect(check).toMatchObject({
    name: 'check',
    on: ['model', 'field'],
    repeatable: true,
    arguments: [
      { name: 'name', type: 'identifier', required: true },
      { name: 'sql', type: 'sql', required: true },
    ],
  })
  expect(grammarJson(schemaAnnotations.toReversed())).toEqual(grammarJson(schemaAnnotations))
})
