import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Db, fill, openClient, useProtectedDatabase } from './use-attacks.ts'

const database = useProtectedDatabase()

/** Values that mean something to SQL, to PostgreSQL's formats or to a careless comparison. */
const values: readonly (readonly [name: string, value: string])[] = [
  ['a quote', "bob'"],
  ['quotes that end a literal', "x' OR 'a' = 'a"],
  ['quotes that end a call', "x', true), set_config('app.user_id', 'bob"],
  ['a double quote', 'bob"'],
  ['a backslash', 'bob\\'],
  ['an escape', "\\'; DROP TABLE notes; --"],
  ['a dollar quote', '$$bob$$'],
  ['a statement', 'bob; RESET ROLE'],
  ['blanks around', ' bob '],
  ['another case', 'BOB'],
  ['a line break', 'bob\r\n'],
  ['a tab', '\tbob'],
  ['a wildcard', 'b%'],
  ['null', 'null'],
  ['an array', '{bob,alice}'],
  ['JSON', '{"userId":"bob"}'],
  ['a percent escape', 'bob%00'],
  ['characters beyond the first plane', '🦊bob\u{10FFFF}'],
  ['another normal form', 'bo\u0308b'],
  ['an invisible character', 'bob\u200b'],
  ['right to left', '\u202ebob'],
  ['a megabyte', 'b'.repeat(1_048_576)],
]

describe('ids of any kind are themselves and nobody else', () => {
  let db: Db
  beforeAll(async () => {
    await fill(database)
    db = await openClient({ url: database.url })
  })
  afterAll(() => db.$close())

  it.each(values)('%s', async (_name, userId) => {
    const user = db.$as({ userId })
    expect(await user.note.findMany()).toEqual([])
    const [{ seen }] = (await user.$queryRaw`SELECT current_user_id() AS seen`) as [{ seen: string }]
    expect(seen === userId).toBe(true)
    const made = await user.note.create({ data: { ownerId: userId.slice(0, 1000), text: 'x' } }).catch((error) => error)
    if (userId.length > 1000) expect(made).toMatchObject({ code: 'SUB_POLICY_DENIED' })
    else {
      expect(await user.note.findMany({ select: { ownerId: true } })).toEqual([{ ownerId: userId }])
      await user.note.deleteMany()
    }
    expect(await db.$as({ userId: 'bob' }).note.findMany({ select: { text: true } })).toEqual([{ text: 'of bob' }])
  })

  it.each(values)('as a tenant: %s', async (_name, tenantId) => {
    expect(await db.$as({ tenantId }).post.count()).toBe(0)
    expect(await db.$as({ tenantId }).post.updateMany({ data: { categoryId: null } })).toEqual({ count: 0 })
  })

  it.each(values)('in claims: %s', async (_name, value) => {
    const claims = { [value]: [value, { deeper: value }] }
    const [{ seen }] = (await db.$as({ claims }).$queryRaw`SELECT current_setting('app.claims')::jsonb AS seen`) as [
      { seen: unknown },
    ]
    expect(JSON.stringify(seen) === JSON.stringify(claims)).toBe(true)
  })

  it.each(values)('as a role: %s', (_name, role) => {
    expect(() => db.$as({ role })).toThrow(expect.objectContaining({ code: 'SUB_ROLE_NOT_ALLOWED' }))
  })

  it.each([
    ['a NUL', 'bob\0'],
    ['a NUL before', '\0bob'],
    ['half a surrogate pair', 'bob\ud800'],
    ['an empty string', ''],
  ])('what cannot be carried unchanged is refused: %s', (_name, value) => {
    const refused = expect.objectContaining({ code: 'SUB_CONTEXT_INVALID' })
    expect(() => db.$as({ userId: value })).toThrow(refused)
    expect(() => db.$as({ tenantId: value })).toThrow(refused)
    if (value !== '') expect(() => db.$as({ claims: { a: value } })).toThrow(refused)
  })

  it.each([
    ['a number', 7],
    ['an array', ['bob']],
    ['an object', { toString: () => 'bob' }],
    ['null', null],
  ])('what is no string is refused: %s', (_name, value) => {
    const refused = expect.objectContaining({ code: 'SUB_CONTEXT_INVALID' })
    expect(() => db.$as({ userId: value as never })).toThrow(refused)
    expect(() => db.$as({ tenantId: value as never })).toThrow(refused)
    expect(() => db.$as({ role: value as never })).toThrow(refused)
  })

  it('a context cannot be slipped in among limits', () => {
    const { context } = { context: { tenantId: 'south', key: '', settings: [['app.tenant_id', 'south']], stated: [] } }
    const refused = expect.objectContaining({ code: 'SUB_LIMIT_UNKNOWN' })
    for (const limits of [{ context }, { stages: {} }, { transactions: new Map() }, JSON.parse('{ "__proto__": {} }')])
      expect(() => db.$with(limits)).toThrow(refused)
    expect(() => db.$with({ timeout: 1_000, traceId: 'x' })).not.toThrow()
  })

  it('a context does not change with the object that it was made of', async () => {
    const input = { userId: 'alice', claims: { admin: false } }
    const alice = db.$as(input)
    input.userId = 'bob'
    input.claims.admin = true
    expect(await alice.note.findMany({ select: { ownerId: true } })).toEqual([{ ownerId: 'alice' }])
    const [{ claims }] = (await alice.$queryRaw`SELECT current_setting('app.claims') AS claims`) as [{ claims: string }]
    expect(claims).toBe('{"admin":false}')
  })
})

it('pasted into SQL, as it is often done, an id becomes somebody else', async () => {
  await fill(database)
  const client = new Client({ connectionString: database.url })
  await client.connect()
  const userId = "x', true), set_config('app.user_id', 'bob"
  await client.query('BEGIN')
  await client.query(`SELECT set_config('app.user_id', '${userId}', true)`)
  expect((await client.query('SELECT text FROM notes')).rows).toEqual([{ text: 'of bob' }])
  await client.end()
})
