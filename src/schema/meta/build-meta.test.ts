import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isSubstrataError } from '../../core/errors.ts'
import { loadSchema } from '../load-schema.ts'
import type { ModelMeta } from '../model-meta.ts'

const fixture = (name: string) => loadSchema({ schemaPath: join(import.meta.dirname, '..', 'fixtures', name) })

describe('fields', () => {
  const { models } = fixture('scalars.prisma').schema
  const scalars = models.Scalars!.fields

  it.each([
    ['id', { kind: 'database' }],
    ['string', { kind: 'literal', value: 'a "b" \\ // no comment \n é 😀' }],
    ['empty', { kind: 'literal', value: '' }],
    ['flag', { kind: 'literal', value: false }],
    ['int', { kind: 'literal', value: -5 }],
    ['float', { kind: 'literal', value: 1.5 }],
    ['big', { kind: 'literal', value: '9007199254740993' }],
    ['decimal', { kind: 'literal', value: '1.50' }],
    ['json', { kind: 'literal', value: '{"a": [1]}' }],
    ['bytes', { kind: 'literal', value: 'aGVsbG8=' }],
    ['at', { kind: 'literal', value: '2020-01-02T03:04:05Z' }],
    ['day', undefined],
    ['uuid', { kind: 'client', generator: 'uuid', args: [7] }],
    ['plain', { kind: 'client', generator: 'uuid' }],
    ['cuid', { kind: 'client', generator: 'cuid', args: [2] }],
    ['ulid', { kind: 'client', generator: 'ulid' }],
    ['nano', { kind: 'client', generator: 'nanoid', args: [10] }],
    ['made', { kind: 'database' }],
    ['none', { kind: 'database' }],
    ['strings', { kind: 'literal', value: ['a', 'b'] }],
    ['bigs', { kind: 'literal', value: ['1', '2'] }],
    ['touched', { kind: 'client', generator: 'now' }],
  ])('the default of %s', (name, expected) => {
    expect(scalars[name]?.default).toEqual(expected)
  })

  it('native types lose the name of the datasource and keep their arguments', () => {
    expect([scalars.decimal?.native, scalars.json?.native, scalars.at?.native, scalars.plain?.native]).toEqual([
      'Decimal(10, 2)',
      'JsonB',
      'Timestamptz(6)',
      undefined,
    ])
  })

  it('what Prisma’s client does not see is there and marked', () => {
    const { place, range, secret, ä: umlaut } = models.Hidden!.fields
    expect(place).toEqual({
      name: 'place',
      column: 'place',
      kind: 'unsupported',
      type: 'geometry(Point, 4326)',
      nullable: true,
    })
    expect(range).toMatchObject({ kind: 'unsupported', type: 'circle' })
    expect(secret).toMatchObject({ ignored: true })
    expect(umlaut).toMatchObject({ column: 'umlaut' })
    expect(models.GoneTable).toMatchObject({ table: 'gone', ignored: true })
    expect(models.Hidden!.relations.gone).toMatchObject({ model: 'GoneTable', inverse: 'hidden', ignored: true })
    expect(models.Summary).toMatchObject({ table: 'summaries', view: true })
  })

  it('a generated column is marked as such', () => {
    const total = fixture('shop').schema.models.Line!.fields.total
    expect(total).toMatchObject({ generated: true, annotations: { generated: [{ sql: 'price * quantity' }] } })
  })
})

describe('relations', () => {
  const { models } = fixture('blog.prisma').schema

  it('every relation has its other end, and both tell the same', () => {
    for (const model of Object.values(models))
      for (const relation of Object.values(model.relations)) {
        const other = models[relation.model]?.relations[relation.inverse]
        expect(other).toMatchObject({ relation: relation.relation, model: model.name, inverse: relation.name })
        expect([other?.on?.fields, other?.on?.references]).toEqual([relation.on?.references, relation.on?.fields])
        expect([other?.through?.own, other?.through?.other]).toEqual([relation.through?.other, relation.through?.own])
        if (relation.on) expect(Boolean(relation.owner)).toBe(!other?.owner)
      }
  })

  it('one to one, with itself', () => {
    const { mentor, pupil } = models.User!.relations
    expect(mentor).toEqual({
      name: 'mentor',
      relation: 'mentoring',
      model: 'User',
      inverse: 'pupil',
      nullable: true,
      on: { fields: ['mentorId'], references: ['id'] },
      owner: true,
    })
    expect(pupil).toMatchObject({ inverse: 'mentor', nullable: true, on: { fields: ['id'], references: ['mentorId'] } })
    expect(pupil).not.toHaveProperty('owner')
  })

  it('many to many: side A is the model that comes first in the alphabet', () => {
    expect(models.Post!.relations.tags?.through).toEqual({ table: '_PostToTag', own: 'A', other: 'B' })
    expect(models.Tag!.relations.posts?.through).toEqual({ table: '_PostToTag', own: 'B', other: 'A' })
  })

  // Seen in a database: `alpha: { connect: … }` on a record writes that record into column A, whichever field is declared first.
  it('many to many with itself: side A is the field that comes first in the alphabet', () => {
    expect(models.User!.relations.followers?.through).toEqual({ table: '_following', own: 'A', other: 'B' })
    expect(models.User!.relations.follows?.through).toEqual({ table: '_following', own: 'B', other: 'A' })
  })

  it('the join table lies in the schema of the model of side A', () => {
    const { relations } = fixture('shop').schema.models.Product!
    expect(relations.categories?.through).toEqual({
      table: '_CategoryToProduct',
      schema: 'sales',
      own: 'B',
      other: 'A',
    })
  })

  it('composite keys and actions', () => {
    expect(models.Membership!.relations.organisation).toMatchObject({
      on: { fields: ['country', 'number'], references: ['country', 'number'] },
      owner: true,
      onDelete: 'Cascade',
    })
  })
})

describe('keys', () => {
  it('each stands under the name that Prisma’s `where` takes', () => {
    const { User, Membership } = fixture('blog.prisma').schema.models
    expect(keys(User)).toEqual({
      id: ['id'],
      email: ['email'],
      mentorId: ['mentorId'],
      nickname_role: ['nickname', 'role'],
      byRole: ['role', 'email'],
    })
    expect(Membership?.uniques).toEqual({
      key: { name: 'key', fields: ['country', 'number', 'userId'], database: 'membership_key', primary: true },
    })
  })

  it('a partial key stands under its name in the database', () => {
    expect(fixture('scalars.prisma').schema.models.Scalars?.uniques.Scalars_big_flag_key).toEqual({
      name: 'Scalars_big_flag_key',
      fields: ['big', 'flag'],
      database: 'Scalars_big_flag_key',
      where: '"flag" = false',
    })
  })

  it('a view has keys, but no constraints', () => {
    expect(fixture('scalars.prisma').schema.models.Summary?.uniques).toEqual({
      hiddenId: { name: 'hiddenId', fields: ['hiddenId'] },
      hiddenId_total: { name: 'hiddenId_total', fields: ['hiddenId', 'total'] },
    })
  })
})

it('annotations come from every place in every file', () => {
  const { schema, directory } = fixture('shop')
  expect(schema.annotations).toEqual({
    function: [{ file: 'functions/current_user_id.sql' }, { file: 'functions/total.sql' }],
  })
  expect(directory).toBe(join(import.meta.dirname, '..', 'fixtures', 'shop'))
  const { Product, Turnover } = schema.models
  expect(Product?.annotations).toEqual({
    'index.partial': [{ where: 'withdrawn_at IS NULL', fields: ['title'], name: 'products_on_sale' }],
    'index.expression': [{ sql: 'lower(title)', unique: true }],
    'index.covering': [{ fields: ['kind'], include: ['title', 'price'] }],
  })
  expect(Product?.fields.price?.annotations).toEqual({
    check: [{ name: 'products_price_positive', sql: 'price > 0' }],
    'index.partial': [{ where: 'price > 1000' }],
  })
  expect(Turnover?.annotations?.['view.materialized']).toEqual([
    {
      sql: 'SELECT product_id, sum(total) AS turnover\nFROM sales.lines\nGROUP BY product_id',
      unique: ['productId'],
    },
  ])
  expect(schema.enums.Kind).toEqual({
    name: 'Kind',
    type: 'product_kinds',
    schema: 'catalogue',
    values: { BOOK: 'book', RECORD: 'record' },
  })
})

describe('what cannot be read', () => {
  it.each([
    ['a path where nothing is', 'nowhere.prisma', 'SUB_SCHEMA_NOT_FOUND'],
    ['a folder without a schema', join('shop', 'functions'), 'SUB_SCHEMA_NOT_FOUND'],
    ['a schema that Prisma refuses', join('shop', 'models'), 'SUB_SCHEMA_INVALID'],
  ] as const)('%s', (_what, name, code) => {
    expect(() => fixture(name)).toThrow(expect.toSatisfy((error) => isSubstrataError(error, code)))
  })
})

function keys(model: ModelMeta | undefined): Record<string, readonly string[]> {
  return Object.fromEntries(Object.entries(model?.uniques ?? {}).map(([name, { fields }]) => [name, fields]))
}
