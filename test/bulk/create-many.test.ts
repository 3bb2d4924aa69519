import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Arguments, Call } from '../../src/query/call.ts'
import { withoutMadeValues } from '../differential/made-values.ts'
import { outcomeOf } from '../differential/outcome.ts'
import { accessor, rowOf } from '../differential/rows.ts'
import { useWorlds } from '../differential/use-worlds.ts'
import { type AnyModels, make, type World } from '../differential/world.ts'
import { full, rounds, seed } from '../rounds.ts'

/** `createMany` beside Prisma's own, each on a database of its own. */

const worlds = useWorlds('types', 'defaults')

type Rows = readonly Arguments[]
type Operation = 'createMany' | 'createManyAndReturn'

/** Makes the same call of both and compares what they answer and what is then in the table, row by row. */
async function compared(world: World, operation: Operation, model: string, args: Arguments): Promise<unknown> {
  const call: Call = { model, operation, args }
  expect(world.ours.$path(make(world.ours, call))).toEqual({ path: 'direct' })
  const [prisma, ours] = [await outcomeOf(make(world.prisma, call)), await outcomeOf(make(world.ours, call))]
  expect(withoutMadeValues(ours)).toEqual(withoutMadeValues(prisma))
  expect(await table(world, world.ours, model)).toEqual(await table(world, world.prisma, model))
  return 'error' in ours ? ours.error : ours.result
}

async function table(world: World, client: AnyModels, model: string): Promise<unknown> {
  const key = Object.values(world.schema.models[model]!.uniques).find((unique) => unique.primary)!.fields[0]!
  // Ids that are made have no order.
  const args = { orderBy: { [model === 'Counter' ? 'slug' : key]: 'asc' } }
  return withoutMadeValues(await outcomeOf(make(client, { model, operation: 'findMany', args })))
}

async function emptied(world: World, model: string): Promise<void> {
  for (const client of [world.prisma, world.ours]) await client[accessor({ name: model })]!.deleteMany!({})
}

/** Rows of every type, each with another part of the fields that it may leave out. */
function mixedRows({ schema }: World, name: string, count: number): Rows {
  const model = schema.models[name]!
  const [key] = Object.values(model.uniques).find((unique) => unique.primary)!.fields
  const optional = Object.values(model.fields).filter(
    ({ nullable, list, default: value, updatedAt }) => nullable || list || value || updatedAt,
  )
  const left = fc.subarray(optional.map((field) => field.name))
  const drawn = fc.sample(fc.tuple(rowOf(model, schema), left, fc.boolean()), { numRuns: count, seed })
  return drawn.map(([row, without, isGiven], i) => {
    const given = Object.entries({ ...row, ...keyOf(model.fields[key!]!.type, key!, i) })
    const mayLeave = isGiven || model.fields[key!]!.default === undefined
    return Object.fromEntries(given.filter(([field]) => !without.includes(field) || (field === key && mayLeave)))
  })
}

function keyOf(type: string, key: string, i: number): Arguments {
  // Far from what a sequence gives meanwhile.
  return { [key]: type === 'String' ? `key ${String(i).padStart(5, '0')}` : type === 'BigInt' ? BigInt(i) : i + 50_000 }
}

const models = [
  ...(['Plain', 'Nullable', 'Native', 'Lists'] as const).map((model) => ({ of: 'types', model }) as const),
  ...(['Made', 'Literal', 'Counter'] as const).map((model) => ({ of: 'defaults', model }) as const),
]

describe.each(models)('rows of $model', ({ of, model }) => {
  const rows = () =>
    mixedRows(worlds[of], model, rounds(40, 400)).map((row, i) =>
      model === 'Native' ? { ...row, short: `s${i}`, ownerId: undefined } : row,
    )
  const unique = () =>
    rows().map((row, i) => (model === 'Counter' ? { ...row, slug: `s${i}`, number: BigInt(i) } : row))

  test('of different fields are created as Prisma creates them, in its order', async () => {
    await emptied(worlds[of], model)
    const result = (await compared(worlds[of], 'createManyAndReturn', model, { data: unique() })) as Rows
    expect(result).toHaveLength(unique().length)
    await emptied(worlds[of], model)
    await compared(worlds[of], 'createMany', model, { data: unique() })
  })

  test('that are there already are skipped, or refused', async () => {
    await emptied(worlds[of], model)
    await compared(worlds[of], 'createMany', model, { data: unique().slice(3, 9) })
    expect(await compared(worlds[of], 'createMany', model, { data: unique(), skipDuplicates: true })).toEqual({
      count: expect.any(Number) as number,
    })
  })
})

test('a missing value, an unknown field and a null where none may be are what Prisma says', async () => {
  const row = { id: 'a', slug: 'a', region: 'r', number: 1n }
  for (const wrong of [{ slug: undefined }, { nothing: 1 }, { region: null }, { hits: 'many' }]) {
    const call: Call = {
      ...{ model: 'Counter', operation: 'createMany' },
      args: { data: [row, { ...row, tags: ['x'], ...wrong }] },
    }
    const [prisma, ours] = [
      await outcomeOf(make(worlds.defaults.prisma, call)),
      await outcomeOf(make(worlds.defaults.ours, call)),
    ]
    expect(ours).toEqual(prisma)
    expect(ours).toMatchObject({ error: { name: 'PrismaClientValidationError' } })
  }
})

function counters(count: number, from = 0): Arguments[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `c${from + i}`,
    slug: `s${from + i}`,
    region: 'r',
    number: from + i,
  }))
}

/** Prisma takes half a minute for 100,000 of them. */
const many = [
  { kind: 'the same fields', model: 'Counter', usual: 0, row: (row: Arguments) => row },
  {
    ...{ kind: 'other optional fields', model: 'Counter', usual: 0 },
    row: (row: Arguments, i: number) => (i % 2 ? row : { ...row, tags: ['t'], extra: { i } }),
  },
  {
    ...{ kind: "other fields with a default of the database's", model: 'Literal', usual: 4_500 },
    row: (_: Arguments, i: number) => ({ ...(i % 3 === 0 && { seven: i }), ...(i % 2 === 0 && { int: i }) }),
  },
].map(({ usual, ...each }) => ({ ...each, count: rounds(usual, 20_000) }))

test.each(many.filter(({ count }) => count > 0))(
  '$count rows of $kind',
  { timeout: 600_000 },
  async ({ model, row, count }) => {
    await emptied(worlds.defaults, model)
    expect(await compared(worlds.defaults, 'createMany', model, { data: counters(count).map(row) })).toEqual({ count })
    await emptied(worlds.defaults, model)
  },
)

/** What the client of any schema does not show of ours. */
function events() {
  return worlds.defaults.ours as unknown as {
    $events: { on: (event: string, listen: (told: Record<string, unknown>) => void) => () => void }
  }
}

describe('a great many rows', () => {
  const data = counters(100_000)
  const counter = () => worlds.defaults.ours.counter!

  test('one of which is refused: nothing is written, and Prisma says why', async () => {
    await emptied(worlds.defaults, 'Counter')
    const broken = data.map((row, i) => (i === 70_000 ? { ...row, slug: 's1' } : row))
    const mixed = broken.map((row, i) => (i % 2 ? row : { ...row, ratio: '1.5' }))
    const call = (client: AnyModels, rows: Rows) => outcomeOf(client.counter!.createMany!({ data: rows }))
    const said = await call(worlds.defaults.prisma, [data[1]!, { ...data[2]!, slug: 's1' }])
    expect(said).toMatchObject({ error: { code: 'P2002' } })
    expect(await call(worlds.defaults.ours, broken)).toEqual(said)
    expect(await call(worlds.defaults.ours, mixed)).toEqual(said)
    expect(await counter().count!({})).toBe(0)
  })

  test('in an interactive transaction: with it, or not at all', async () => {
    await emptied(worlds.defaults, 'Counter')
    const rows = data.slice(0, 25_000)
    await worlds.defaults.ours.$transaction(
      async (tx) => {
        expect(await tx.counter!.createMany!({ data: rows })).toEqual({ count: 25_000 })
        expect(await tx.counter!.count!({})).toBe(25_000)
      },
      { timeout: 60_000 },
    )
    expect(await counter().count!({})).toBe(25_000)
    // What follows a refusal is refused as Prisma's is: the transaction is over.
    const outcomes = async (client: World['ours'] | World['prisma'], given: Rows) => {
      const told: unknown[] = []
      const body = async (tx: AnyModels) => {
        told.push(await outcomeOf(tx.counter!.createMany!({ data: given })))
        told.push(await outcomeOf(tx.counter!.count!({})))
        throw new Error('rolled back')
      }
      await client.$transaction(body, { timeout: 60_000 }).catch(() => {})
      return told
    }
    expect(await outcomes(worlds.defaults.ours, rows)).toEqual(
      await outcomes(worlds.defaults.prisma, [rows[0]!, rows[0]!]),
    )
    expect(await counter().count!({})).toBe(25_000)
  })

  test('in a batch transaction', async () => {
    await emptied(worlds.defaults, 'Counter')
    const rows = data.slice(0, 3_000).map((row, i) => (i % 2 ? row : { ...row, extra: {} }))
    const batch = (calls: readonly Promise<unknown>[]) =>
      (worlds.defaults.ours.$transaction as unknown as (calls: readonly Promise<unknown>[]) => Promise<unknown>)(calls)
    expect(await batch([counter().createMany!({ data: rows }), counter().count!({})])).toEqual([
      { count: 3_000 },
      3_000,
    ])
    const refused = outcomeOf(batch([counter().deleteMany!({}), counter().createMany!({ data: [rows[0]!, rows[0]!] })]))
    expect(await refused).toMatchObject({ error: { code: 'P2002' } })
    expect(await counter().count!({})).toBe(3_000)
  })

  test('as one operation of several statements, which an abort ends without a row', async () => {
    await emptied(worlds.defaults, 'Literal')
    const rows = Array.from({ length: 20_000 }, (_, i) => (i % 2 ? {} : { seven: i }))
    const { $events } = events()
    const told: Record<string, unknown>[] = []
    const statements: unknown[] = []
    const abort = new AbortController()
    const offs = [
      $events.on('operation', (event) => told.push(event)),
      $events.on('statement', ({ text }) => {
        if (statements.push(text) === 2) abort.abort()
      }),
    ]
    const impatient = worlds.defaults.ours.$with({ signal: abort.signal } as never)
    const error = await outcomeOf(impatient.literal!.createMany!({ data: rows }))
    expect(error).toMatchObject({ error: { code: 'SUB_ABORTED' } })
    expect(await worlds.defaults.ours.literal!.count!({})).toBe(0)
    await worlds.defaults.ours.literal!.createMany!({ data: rows })
    for (const off of offs) off()
    expect(told.map(({ operation, path, rows, code }) => ({ operation, path, rows, code }))).toEqual([
      { operation: 'createMany', path: 'direct', rows: undefined, code: 'SUB_ABORTED' },
      { operation: 'count', path: 'direct', rows: undefined, code: undefined },
      { operation: 'createMany', path: 'direct', rows: 20_000, code: undefined },
    ])
    const inserts = statements.filter((text) => String(text).startsWith('INSERT'))
    expect(inserts.length).toBeGreaterThan(4)
    await emptied(worlds.defaults, 'Literal')
  })

  test.runIf(full)('rows of megabytes are many statements', { timeout: 120_000 }, async () => {
    await emptied(worlds.defaults, 'Counter')
    const wide = counters(200).map((row, i) => ({ ...row, extra: { text: `${i % 10}`.repeat(2 ** 20) } }))
    const statements: unknown[] = []
    const off = events().$events.on('statement', ({ text }) => statements.push(text))
    expect(await counter().createMany!({ data: wide })).toEqual({ count: 200 })
    off()
    expect(statements.filter((text) => String(text).startsWith('INSERT')).length).toBeGreaterThan(1)
    expect(await counter().count!({ where: { extra: { path: ['text'], string_starts_with: '5' } } })).toBe(20)
  })
})
