// The client as an object: what tests of applications mock, what code takes apart, what tools look at.
// oxlint-disable typescript/unbound-method -- that they need no `this` is what is tested
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { withClient } from '../../src/pg/with-client.ts'
import { Prisma } from './generated/prisma/client.ts'
import { type Db, openClient, useClientDatabase } from './use-client.ts'

const database = useClientDatabase()
let db: Db

beforeAll(async () => {
  await withClient(database.ownerUrl, (owner) => owner.query(`INSERT INTO author_rows VALUES (1, 'one', 1)`))
  db = await openClient({ url: database.url })
})
afterAll(() => db.$close())

const ours = ['$as', '$unprotected', '$unprotectedCalls', '$with', '$extends', '$transaction', '$retry', '$path', '$on']
const others = ['$events', '$close', '$disconnect', '$connect', '$queryRaw', '$executeRawUnsafe', 'author', 'note']

const kinds: readonly (readonly [name: string, make: () => Db])[] = [
  ['the first client', () => db],
  ['a client in a context', () => db.$as({ userId: 'ann' })],
  ['a client with limits', () => db.$with({ timeout: 10_000 })],
  ['a client without protection', () => db.$unprotected('a test')],
  ['a client through Prisma', () => db.$with({ queryPath: 'prisma' })],
  ['an extended client', () => db.$extends({ client: { $answer: () => 42 } }) as unknown as Db],
]

/** Properties can be replaced, and are what they were when the replacement is deleted; there was no `more`. */
function expectMockable(shown: object, names: readonly string[]): void {
  const values = [() => 'mocked', () => 'mocked again']
  for (const name of names) {
    for (const value of values) {
      Reflect.set(shown, name, value)
      expect(Reflect.get(shown, name)).toBe(value)
      expect(Object.keys(shown)).toContain(name)
    }
    expect(Reflect.deleteProperty(shown, name)).toBe(true)
    expect(values).not.toContain(Reflect.get(shown, name))
    expect(name in shown).toBe(name !== 'more')
  }
}

describe.each(kinds)('%s', (_name, make) => {
  let client: Db
  beforeEach(() => {
    client = make()
  })

  it('shows every method and model, before and after they were asked for', () => {
    for (let time = 0; time < 2; time++) {
      const keys = Object.keys(client)
      expect(keys).toEqual(expect.arrayContaining([...ours, '$events', '$close', '$disconnect', 'author', 'note']))
      expect(new Set(keys).size).toBe(keys.length)
      expect(Reflect.ownKeys(client)).toContain(Symbol.asyncDispose)
      for (const name of [...ours, ...others, Symbol.asyncDispose]) {
        expect(name in client).toBe(true)
        expect(Reflect.get(client, name)).toBeDefined()
      }
      expect('nothing' in client).toBe(false)
      expect(Reflect.get(client, 'nothing')).toBeUndefined()
    }
  })

  it('gives the same thing whenever it is asked, and the same in a copy', () => {
    for (const name of [...ours, '$events', 'author']) expect(Reflect.get(client, name)).toBe(Reflect.get(client, name))
    const copy = { ...client }
    for (const name of [...ours, '$events', 'author']) expect(Reflect.get(copy, name)).toBe(Reflect.get(client, name))
    expect(Object.getOwnPropertyDescriptor(client, '$as')).toEqual({
      value: client.$as,
      writable: true,
      enumerable: true,
      configurable: true,
    })
    expect(Object.getOwnPropertyDescriptor(client, 'nothing')).toBeUndefined()
  })

  it('its methods and models can be taken off it', async () => {
    const { $transaction, $retry, $with, $path, author } = client
    const { findFirst, count } = author
    expect(await findFirst({ where: { id: 1 } })).toMatchObject({ name: 'one' })
    expect(await count()).toBe(1)
    expect(await $transaction((tx) => tx.author.count())).toBe(1)
    expect(await $transaction([count(), author.findMany({ select: { id: true } })])).toEqual([1, [{ id: 1 }]])
    expect(await $retry((tx) => tx.author.count())).toBe(1)
    expect(await $with({ timeout: 10_000 }).author.count()).toBe(1)
    expect($path(findFirst())).toEqual(client.$path(client.author.findFirst()))
  })

  it('keeps its context in what is taken off it', async () => {
    const { $as } = client
    const { author, $transaction } = $as({ userId: 'bob' })
    expect((await author.findFirst())?.seenBy).toBe('bob')
    expect((await $transaction((tx) => tx.author.findFirst()))?.seenBy).toBe('bob')
    await expect($transaction([client.author.findFirst()])).rejects.toMatchObject({ code: 'SUB_CONTEXT_MIXED' })
  })

  it('is no promise: it can be awaited, and given back by an async function', async () => {
    expect(await Promise.resolve(client)).toBe(client)
    expect(await (async () => client)()).toBe(client)
    expect('then' in client).toBe(false)
  })

  it('can be mocked by assignment, whether a method was asked for before or not', () => {
    expectMockable(client, ['$transaction', '$queryRaw', '$as', 'note', 'more'])
  })

  it('can be spied on', async () => {
    const spies = [vi.spyOn(client.author, 'count'), vi.spyOn(client, '$transaction')]
    expect(await client.$transaction([client.author.count()])).toEqual([1])
    for (const spy of spies) expect(spy).toHaveBeenCalledOnce()
    for (const spy of spies) spy.mockRestore()
    expect(await client.$transaction([client.author.count()])).toEqual([1])
    for (const spy of spies) expect(spy).not.toHaveBeenCalledTimes(2)
  })

  it('models show what Prisma has of them', () => {
    expect(Object.keys(client.author)).toEqual(expect.arrayContaining(['findFirst', 'create', 'fields']))
    expect('upsert' in client.author && 'fields' in client.author).toBe(true)
    expect('nothing' in client.author).toBe(false)
  })
})

describe.each(kinds.slice(0, 4))('a model of %s', (_name, make) => {
  it('gives the same method whenever it is asked', () => {
    const { author } = make()
    expect(author.findFirst).toBe(author.findFirst)
  })

  it('can be mocked by assignment, whether a method was asked for before or not', async () => {
    const { author } = make()
    await author.count()
    expectMockable(author, ['count', 'create', 'fields', 'more'])
    expect(await author.count()).toBe(1)
  })
})

it('$on gives the client itself, and an extension that is a function gets it', () => {
  const client = db.$as({ userId: 'ann' })
  expect(client.$on('query', () => {})).toBe(client)
  let given: unknown
  client.$extends(
    Prisma.defineExtension((extended) => {
      given = extended
      return extended.$extends({})
    }),
  )
  expect(given).toBe(client)
})

it('what is put on one client is not on another', () => {
  const [one, two] = [db.$as({ userId: 'ann' }), db.$as({ userId: 'ann' })]
  Reflect.set(one, '$close', 1)
  Reflect.set(one.author, 'findMany', 1)
  Reflect.set(one, 'more', 1)
  expect(two.$close).toBeTypeOf('function')
  expect(two.author.findMany).toBeTypeOf('function')
  expect('more' in two).toBe(false)
  expect('more' in one).toBe(true)
})
