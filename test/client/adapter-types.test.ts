import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withClient } from '../../src/pg/with-client.ts'
import { sample } from '../rounds.ts'
import { Prisma, type PrismaClient } from './generated/prisma/client.ts'
import { outcomeOf } from './outcome.ts'
import { type Db, openClient, openStock, useClientDatabase } from './use-client.ts'

const database = useClientDatabase()
let stock: PrismaClient
let adapter: Db
let direct: Db

beforeAll(async () => {
  stock = openStock(database.url)
  adapter = await openClient({ url: database.url, queryPath: 'prisma' })
  direct = await openClient({ url: database.url })
})
afterAll(() => Promise.all([stock.$disconnect(), adapter.$close(), direct.$close()]))

/** The same calls on Prisma's own adapter, on ours, and past Prisma's runtime: the same outcomes. */
async function expectSame(call: (client: PrismaClient) => PromiseLike<unknown>) {
  const expected = await outcomeOf(() => call(stock))
  expect(await outcomeOf(() => call(adapter))).toEqual(expected)
  expect(await outcomeOf(() => call(direct))).toEqual(expected)
  return expected
}

async function asOwner(...statements: string[]): Promise<void> {
  await withClient(database.ownerUrl, async (owner) => {
    for (const statement of statements) await owner.query(statement)
  })
}

/** Per column, SQL of values at the edges of the type. */
const literals: Readonly<Record<string, readonly string[]>> = {
  text: [`''`, `'ä😀 "quoted" \\ {braces}, comma'`, `E'line\\nbreak\\ttab'`, `repeat('x', 100000)`],
  varchar: [`'12345678'`],
  char: [`'ab'`, `'abcd'`],
  flag: ['true', 'false'],
  small: ['-32768', '32767', '0'],
  int: ['-2147483648', '2147483647'],
  big: ['-9223372036854775808', '9223372036854775807', '9007199254740993'],
  real: ['1.5', '-0', '3.4028235e38', '1e-45', '0.1'],
  double: ['0.1', '1e308', '5e-324', '-123456.789', '-0'],
  decimal: ['0', '1.1', '-12345678901234567890.123456789012345678', '1e-30', '100'],
  numeric: ['0.00000000000000000001', '-9999999999999999999999999999999999999999.99999999999999999999'],
  money: ['0', '12.34', '-12.34', '1234567.89'],
  oid: ['0', '2147483647'],
  uuid: [`'123e4567-e89b-12d3-a456-426614174000'`],
  inet: [`'10.0.0.1'`, `'2001:db8::/32'`],
  bit: [`B'1010'`],
  varbit: [`B'101010'`, `B''`],
  xml: [`'<a b="c">d</a>'`],
  citext: [`'MiXed'`],
  bytes: [`''`, `'\\x00ff10'`, `decode(repeat('00ff', 5000), 'hex')`],
  json: [
    `'{"a":  [1, 2.50, null, "x"]}'`,
    `'null'`,
    `'"text"'`,
    `'12'`,
    `'[]'`,
    `'true'`,
    `'{"big":9007199254740993}'`,
  ],
  jsonb: [`'{"a":  [1, 2.50, null, "x"], "ä": "😀"}'`, `'null'`, `'"text"'`, `'12'`, `'[]'`, `'false'`],
  date: [`'2024-02-29'`, `'0001-01-01'`, `'9999-12-31'`],
  time: [`'00:00:00'`, `'23:59:59.999'`, `'12:30:00.5'`],
  timetz: [`'12:30:00.5+00'`, `'23:59:59+02'`],
  stamp: [`'2024-02-29 12:30:00.123'`, `'0001-01-01'`, `'9999-12-31 23:59:59.999'`, `'1969-12-31 23:59:59.9'`],
  stamptz: [`'2024-02-29 12:30:00.123+02'`, `'0001-01-01 00:00:00+00'`, `'2024-07-01 00:00:00 Europe/Berlin'`],
  micros: [`'2024-02-29 12:30:00.123456+00'`, `'2024-02-29 12:30:00.9999995+00'`],
  mood: [`'CALM'`, `'very eager'`],
}

describe('reading', () => {
  it.each(sample(Object.entries(literals), 4))('%s', async (column, values) => {
    const rows = [...values, 'NULL'].map(
      (value, id) => `INSERT INTO scalars (id, "${column}") VALUES (${id}, ${value})`,
    )
    await asOwner('TRUNCATE scalars', ...rows)
    const { value } = await expectSame((client) => client.scalars.findMany({ orderBy: { id: 'asc' } }))
    expect(value).toHaveLength(rows.length)
    await expectSame((client) => client.scalars.findFirst({ where: { id: 0 }, select: { [column]: true } }))
    if (column !== 'oid')
      await expectSame((client) => client.$queryRawUnsafe(`SELECT "${column}" FROM scalars ORDER BY id`))
  })

  const lists = Object.entries({
    texts: 'text',
    chars: 'char',
    flags: 'flag',
    smalls: 'small',
    ints: 'int',
    bigs: 'big',
    reals: 'real',
    doubles: 'double',
    decimals: 'decimal',
    moneys: 'money',
    oids: 'oid',
    uuids: 'uuid',
    inets: 'inet',
    bits: 'bit',
    varbits: 'varbit',
    citexts: 'citext',
    bytes: 'bytes',
    jsons: 'json',
    jsonbs: 'jsonb',
    dates: 'date',
    times: 'time',
    stamps: 'stamp',
    stamptzs: 'stamptz',
    moods: 'mood',
  })
  it.each(sample(lists, 4))('lists: %s', async (column, of) => {
    const type = `(SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'lists'::regclass AND attname = '${column}')`
    const elements = literals[of]!.filter((each) => !each.startsWith('repeat')).map((each) => `(${each})::text`)
    await asOwner(
      'TRUNCATE lists',
      `DO $do$ BEGIN EXECUTE format('INSERT INTO lists (id, "${column}") VALUES (1, $1::text[]::%s), (2, ''{}''), (3, NULL)', ${type})
        USING ARRAY[${elements.join(', ')}]; END $do$`
        .replace('USING ARRAY', 'USING ARRAY')
        .replace('$1::%s', `$1::text[]::%s`),
    )
    await expectSame((client) => client.lists.findMany({ orderBy: { id: 'asc' } }))
    await expectSame((client) => client.$queryRawUnsafe(`SELECT "${column}" FROM lists ORDER BY id`))
  })
})

const { Decimal, JsonNull, DbNull } = Prisma
const day = (text: string) => new Date(text)

/** Values as an application writes them. */
const written: Readonly<Record<string, readonly unknown[]>> = {
  text: ['', 'ä😀 "quoted" \\ {braces}, comma', 'line\nbreak', '\u0001', null],
  varchar: ['12345678', '123456789', null],
  char: ['ab', 'abcde', null],
  flag: [true, false, null],
  small: [-32768, 32767, 40_000, null],
  int: [-2147483648, 2147483647, null],
  big: [-9223372036854775808n, 9007199254740993n, 5, null],
  real: [1.5, 0.1, -0, 1e-40, null],
  double: [0.1, 5e-324, 1.7976931348623157e308, 16862479466939648000, -1.2345678901234567e300, -(2 ** 63), -0, null],
  decimal: [new Decimal('1.10'), new Decimal('-12345678901234567890.123456789'), 0.1, '5e-7', 7, null],
  numeric: [new Decimal('0.00000000000000000001'), null],
  money: [new Decimal('12.34'), new Decimal('-12.34'), 5, null],
  oid: [0, 2147483647, null],
  uuid: ['123e4567-e89b-12d3-a456-426614174000', 'not a uuid', null],
  inet: ['10.0.0.1', '2001:db8::/32', 'nowhere', null],
  bit: ['1010', '101', null],
  varbit: ['101010', '', null],
  xml: ['<a b="c">d</a>', null],
  citext: ['MiXed', null],
  bytes: [new Uint8Array(), Uint8Array.from([0, 255, 16]), null],
  json: [{ a: [1, 2.5, null, 'x'] }, [1, [2]], 'text', 12, true, [], {}, JsonNull, DbNull],
  jsonb: [{ a: [1, 2.5, null, 'x'], ä: '😀' }, [1, [2]], 'text', 12, false, [], {}, JsonNull, DbNull],
  date: [day('2024-02-29'), day('2024-02-29T23:59:59Z'), '2024-02-29T00:00:00Z', null],
  time: [day('1970-01-01T23:59:59.999Z'), '1970-01-01T12:30:00.5Z', null],
  timetz: [day('1970-01-01T23:59:59.999Z'), '1970-01-01T12:30:00.5+02:00', null],
  stamp: [day('2024-02-29T12:30:00.123Z'), '2024-02-29T12:30:00.123+02:00', day('0099-01-01T00:00:00Z'), null],
  stamptz: [day('2024-02-29T12:30:00.123Z'), '2024-02-29T12:30:00.123+02:00', day('9999-12-31T23:59:59.999Z'), null],
  micros: [day('2024-02-29T12:30:00.123Z'), '2024-02-29T12:30:00.123456Z', null],
  mood: ['CALM', 'EAGER', null],
}

describe('writing', () => {
  async function stored(): Promise<unknown> {
    return withClient(database.ownerUrl, async (owner) => {
      const { rows } = await owner.query(
        'SELECT row(s.*)::text AS scalars FROM scalars s UNION ALL SELECT row(l.*)::text FROM lists l ORDER BY 1',
      )
      return rows
    })
  }

  /** What each client's call leaves in the tables, and what it answers. */
  async function expectSameStored(call: (client: PrismaClient) => PromiseLike<unknown>): Promise<void> {
    const outcomes: unknown[] = []
    for (const client of [stock, adapter, direct]) {
      await asOwner('TRUNCATE scalars, lists')
      outcomes.push([await outcomeOf(() => call(client)), await stored()])
    }
    expect(outcomes[1]).toEqual(outcomes[0])
    expect(outcomes[2]).toEqual(outcomes[0])
  }

  it.each(sample(Object.entries(written), 4))('%s', async (column, values) => {
    for (const value of values) {
      await expectSameStored((client) => client.scalars.create({ data: { id: 1, [column]: value } }))
      await expectSameStored((client) => client.scalars.createMany({ data: [{ id: 1, [column]: value }, { id: 2 }] }))
      await expectSameStored(async (client) => {
        await client.scalars.create({ data: { id: 1 } })
        await client.scalars.updateMany({ data: { [column]: value } })
        return client.scalars.findMany({
          where: { [column]: value instanceof Object && 'toJSON' in value ? { equals: value } : value },
        })
      })
    }
  })

  it.each([
    ['texts', ['', 'a "b" \\ {c}, d', 'NULL', 'ä😀']],
    ['chars', ['ab', 'abcd']],
    ['flags', [true, false]],
    ['smalls', [-32768, 32767]],
    ['ints', [1, -2147483648]],
    ['bigs', [-9223372036854775808n, 1n]],
    ['reals', [0.1, 1.5]],
    ['doubles', [0.1, -1e300]],
    ['decimals', [new Decimal('1.10'), new Decimal('-12345678901234567890.5')]],
    ['moneys', [new Decimal('1.10')]],
    ['oids', [1, 2]],
    ['uuids', ['123e4567-e89b-12d3-a456-426614174000']],
    ['inets', ['10.0.0.1']],
    ['bits', ['1010']],
    ['varbits', ['101', '1']],
    ['citexts', ['MiXed', 'x']],
    ['jsons', [{ a: [1, 'x"\\'] }, [1], 'text', 3, null]],
    ['jsonbs', [{ a: [1, 'x"\\'] }, [1], 'text', 3, null]],
    ['dates', [day('2024-02-29'), day('0099-01-01')]],
    ['stamps', [day('2024-02-29T12:30:00.123Z'), '2024-02-29T12:30:00.123+02:00']],
    ['stamptzs', [day('2024-02-29T12:30:00.123Z')]],
    ['moods', ['CALM', 'EAGER']],
  ])('lists: %s', async (column, list) => {
    for (const value of [list, [], undefined, { set: list }])
      await expectSameStored((client) => client.lists.create({ data: { id: 1, [column]: value } as never }))
    await expectSameStored(async (client) => {
      await client.lists.create({ data: { id: 1 } })
      await client.lists.update({ where: { id: 1 }, data: { [column]: { push: list[0] } } as never })
      return client.lists.findMany({ where: { [column]: { has: list[0] } } as never })
    })
  })

  it('lists that PrismaPg spoils: bytes, which it stores as base64, and times, which it refuses', async () => {
    for (const client of [adapter, direct]) {
      await asOwner('TRUNCATE lists')
      const bytes = [Uint8Array.from([0, 255]), new Uint8Array()]
      const times = [day('1970-01-01T23:59:59.999Z')]
      expect(await client.lists.create({ data: { id: 1, bytes, times } })).toMatchObject({ bytes, times })
      expect(await client.lists.findFirst({ where: { bytes: { has: bytes[0]! } } })).toMatchObject({ bytes, times })
      expect(await stored()).toEqual([{ scalars: expect.stringContaining('x00ff') }])
    }
  })

  it('parameters of raw queries', async () => {
    const values = [
      'text',
      '',
      1,
      -1.5,
      9007199254740993n,
      true,
      null,
      new Decimal('1.10'),
      day('2024-02-29T12:30:00.123Z'),
      Uint8Array.from([0, 255]),
      { a: [1] },
      ['a', 'b"'],
      [1, 2],
      [],
      [1.5],
      [true],
      [1n],
      [null],
      [day('2024-02-29T00:00:00Z')],
      day('2024-02-29T00:00:00Z'),
      day('+012024-02-29T00:00:00Z'),
    ]
    for (const value of values) {
      await expectSame((client) => client.$queryRaw`SELECT ${value} AS value`)
      await expectSame((client) => client.$queryRawUnsafe('SELECT $1 AS value, $1 AS again', value))
    }
    await expectSame((client) => client.$queryRaw`SELECT ${1}::int + ${2}::int AS sum, ${['a']}::text[] AS list`)
    await expectSame(
      (client) =>
        client.$queryRaw`SELECT ${{ a: 1 }}::jsonb AS json, ${day('2024-02-29T12:30:00Z')}::timestamptz AS at`,
    )
  })
})
