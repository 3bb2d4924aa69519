import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { withClient } from '../../src/pg/with-client.ts'
import type { EnumMeta, FieldMeta, ModelMeta } from '../../src/schema/model-meta.ts'
import { withoutMadeValues } from '../differential/made-values.ts'
import { accessor, rowOf } from '../differential/rows.ts'
import { useWorlds } from '../differential/use-worlds.ts'
import { anyValueOf } from '../differential/values.ts'
import type { World } from '../differential/world.ts'
import { rounds, seed } from '../rounds.ts'

/** Rows of every type written by `create` of Prisma itself, one by one, and by bulk writes, into a database each. */

const ROWS = rounds(60, 600)

const worlds = useWorlds('types', 'defaults')

type Enums = Readonly<Record<string, EnumMeta>>
type Rows = readonly Record<string, unknown>[]

/** The awkward values, and any other that the column takes. */
function drawValue(field: FieldMeta, enums: Enums): fc.Arbitrary<unknown> {
  const any = field.native === undefined || field.native === 'Date' ? wildValueOf(field) : undefined
  return any ? fc.oneof(anyValueOf(field, enums), any) : anyValueOf(field, enums)
}

function wildValueOf({ kind, type, list }: FieldMeta): fc.Arbitrary<unknown> | undefined {
  if (kind === 'enum') return undefined
  const text = fc.string({ unit: 'grapheme' }).filter((drawn) => !drawn.includes('\0'))
  switch (type) {
    case 'String':
      return text
    case 'Int':
      return fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
    case 'BigInt':
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
    case 'Float':
      // Near the largest Prisma's rounding ends in a number that PostgreSQL refuses.
      return (
        fc
          .double({ noNaN: true, noDefaultInfinity: true, min: -1.79e308, max: 1.79e308 })
          // In a list Prisma loses the digits after the sixteenth, and does not find by the value that it was given.
          .map((drawn) => (list ? Number(drawn.toPrecision(15)) : drawn))
      )
    case 'Decimal':
      return fc.stringMatching(/^-?[1-9]\d{0,20}\.\d{1,20}$/)
    case 'DateTime':
      return fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })
    case 'Json':
      return fc
        .dictionary(text, fc.oneof(text, fc.boolean(), fc.integer(), fc.constant(null), fc.array(text)))
        .map((drawn) => ({ ...drawn }))
    case 'Bytes':
      return fc.uint8Array()
    default:
      return undefined
  }
}

function draw(world: World, name: string, count = ROWS): Rows {
  const { schema } = world
  const model = schema.models[name]!
  const [key] = keyOf(model)
  const drawn = fc.sample(rowOf(model, schema, drawValue), { numRuns: count, seed })
  return drawn.map((row, i) => ({ ...row, [key!]: keyValue(model.fields[key!]!, i) }))
}

function keyOf(model: ModelMeta): readonly string[] {
  return Object.values(model.uniques).find((unique) => unique.primary)!.fields
}

function keyValue({ type }: FieldMeta, i: number): unknown {
  return type === 'String' ? `key ${i}` : type === 'BigInt' ? BigInt(i + 1) : i + 1
}

/** Every row as PostgreSQL itself writes it, and as Prisma reads it. */
async function stored(world: World, name: string, of: 'prisma' | 'ours'): Promise<unknown[]> {
  return (await world[of][accessor({ name })]!.findMany!({
    orderBy: keyOf(world.schema.models[name]!).map((field) => ({ [field]: 'asc' })),
  })) as unknown[]
}

const strategies = ['values', 'unnest', 'copy'] as const
const models = ['Plain', 'Nullable', 'Native', 'Lists']

test.each(models.flatMap((model) => strategies.map((strategy) => ({ model, strategy }))))(
  '$model by $strategy is stored as Prisma stores it',
  async ({ model, strategy }) => {
    const data = draw(worlds.types, model)
    const name = accessor({ name: model })
    await worlds.types.prisma[name]!.deleteMany!({})
    await worlds.types.ours[name]!.deleteMany!({})
    const written: unknown[] = []
    for (const row of data) {
      // What Prisma refuses (two rows of one unique key) is no matter here.
      const row_ = await worlds.types.prisma[name]!.create!({ data: row }).then(
        () => row,
        () => undefined,
      )
      if (row_) written.push(row_)
    }
    expect(written.length).toBeGreaterThan(ROWS / 10)
    const conflict = keyOf(worlds.types.schema.models[model]!)
    const told = (await worlds.types.ours[name]!.upsertMany!({
      data: written,
      conflict,
      outcome: 'rows',
      returning: true,
      strategy,
    })) as {
      rows: { outcome: string; row: Record<string, unknown> }[]
    }
    expect(await stored(worlds.types, model, 'ours')).toEqual(await stored(worlds.types, model, 'prisma'))
    expect(await texts(worlds.types, model)).toEqual(await texts(worlds.types, model, worlds.types.adminUrls[1]))
    const byKey = new Map(
      (await stored(worlds.types, model, 'prisma')).map((row) => [(row as Record<string, unknown>)[conflict[0]!], row]),
    )
    expect(told.rows.map(({ row }) => row)).toEqual(told.rows.map(({ row }) => byKey.get(row[conflict[0]!])))
    expect(new Set(told.rows.map(({ outcome }) => outcome))).toEqual(new Set(['inserted']))
    // The same again is nothing to write.
    const again = await worlds.types.ours[name]!.upsertMany!({ data: written, conflict, strategy })
    expect(again).toEqual({ count: 0, unchanged: written.length })
  },
)

async function texts(world: World, name: string, url = world.database.adminUrl): Promise<unknown[]> {
  const { table } = world.schema.models[name]!
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ text: string }>(`SELECT t::text AS text FROM "${table}" AS t ORDER BY 1`)
    return rows.map(({ text }) => text)
  })
}

test('ids, instants and literals are made as Prisma makes them', async () => {
  for (const model of ['Made', 'Literal', 'Counter']) {
    const name = accessor({ name: model })
    const row = model === 'Counter' ? { id: 'x', slug: 's', region: 'r', number: 1n } : { id: 1 }
    await worlds.defaults.prisma[name]!.create!({ data: row })
    await worlds.defaults.ours[name]!.upsertMany!({ data: [row], conflict: ['id'] })
    const [ours] = await stored(worlds.defaults, model, 'ours')
    const [prisma] = await stored(worlds.defaults, model, 'prisma')
    expect(withoutMadeValues({ result: ours })).toEqual(withoutMadeValues({ result: prisma }))
  }
})
