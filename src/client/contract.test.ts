// What the client leans on inside Prisma, pinned: each test says what breaks when Prisma changes it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PrismaClient } from '../../test/client/generated/prisma/client.ts'
import { openSession } from '../../test/session.ts'
import { createAdapterFactory } from '../adapter/index.ts'
import { isSubstrataError } from '../core/errors.ts'
import { useTestDatabase } from '../testing/vitest.ts'
import {
  type ClientRequest,
  type Engine,
  type HandlerRequest,
  type PrismaInternals,
  type ProtocolQuery,
  requireInternals,
} from './internals.ts'

const database = useTestDatabase({
  setup: 'CREATE TABLE authors (id int, name text, score int, seen_by text); GRANT ALL ON authors TO public',
})

let session: ReturnType<typeof openSession>
let prisma: PrismaClient
let internals: PrismaInternals

beforeAll(() => {
  session = openSession(database.url)
  prisma = new PrismaClient({ adapter: createAdapterFactory(session) })
  internals = requireInternals(prisma)
})
afterAll(async () => {
  await prisma.$disconnect()
  await session.close()
})

type Extended = PrismaClient & PrismaInternals

/** A client with some of its insides replaced, made as `bind` makes one. */
function derived(replaced: Record<string, unknown>): Extended {
  const client: PrismaInternals = Object.create(internals._originalClient, { $on: { value: undefined } })
  Object.defineProperty(client, '_originalClient', { value: client })
  for (const [name, value] of Object.entries(replaced)) Object.defineProperty(client, name, { value })
  Object.defineProperty(client, '_requestHandler', { value: new internals._requestHandler.constructor(client) })
  return client.$extends({ name: 'test' }) as Extended
}

function engine(replaced: Partial<Engine>): Engine {
  return new Proxy(internals._engine, {
    get(target, name) {
      if (Object.hasOwn(replaced, name)) return replaced[name as keyof Engine]
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

describe('engine', () => {
  it('a request handler asks the engine of its client, and each has a data loader of its own', async () => {
    const asked: string[] = []
    const client = (name: string) =>
      derived({
        _engine: engine({
          request: async (query) => {
            asked.push(`${name} ${query.modelName}.${query.action}`)
            return { data: { [query.action]: null } }
          },
          requestBatch: async (queries) => {
            asked.push(`${name} batch of ${queries.length}`)
            return queries.map(({ action }) => ({ data: { [action]: null } }))
          },
        }),
      })
    const [a, b] = [client('a'), client('b')]
    const find = (of: PrismaClient, id: number) => of.author.findUnique({ where: { id } })
    await Promise.all([find(a, 1), find(b, 1), find(a, 2), b.author.findFirst()])
    expect(asked.sort()).toEqual(['a batch of 2', 'b Author.findFirst', 'b Author.findUnique'])
  })

  it('gets the very query that the request handler was given, and is told of its transaction', async () => {
    const handed: ProtocolQuery[] = []
    const asked: ProtocolQuery[] = []
    const kinds: (string | undefined)[] = []
    const inside: (string | undefined)[] = []
    const client = derived({
      _engine: engine({
        request: async (query, { interactiveTransaction }) => {
          asked.push(query)
          inside.push(typeof interactiveTransaction?.id)
          return { data: { [query.action]: null } }
        },
        requestBatch: async (queries, { transaction }) => {
          asked.push(...queries)
          kinds.push(transaction?.kind)
          return queries.map(({ action }) => ({ data: { [action]: null } }))
        },
      }),
      async _executeRequest(this: PrismaInternals, request: ClientRequest) {
        const handler = this._requestHandler
        const remembering = (given: HandlerRequest) => {
          handed.push(given.protocolQuery)
          return handler.request(given)
        }
        const bound = Object.create(this, { _requestHandler: { value: { request: remembering } } })
        return internals._originalClient._executeRequest.call(bound, request)
      },
    })
    await client.author.findFirst()
    await client.author.create({ data: { id: 1, name: '' } })
    await Promise.all([client.author.findUnique({ where: { id: 1 } }), client.author.findUnique({ where: { id: 2 } })])
    await client.$transaction([client.author.findFirst(), client.author.findMany()])
    await client.$transaction((tx) => tx.author.findFirst())
    await client.$transaction((tx) => Promise.all([1, 2].map((id) => tx.author.findUnique({ where: { id } }))))
    expect(asked).toHaveLength(9)
    expect(asked.every((query, i) => query === handed[i])).toBe(true)
    expect(kinds).toEqual([undefined, 'batch', 'itx'])
    expect(inside).toEqual(['undefined', 'undefined', 'string'])
  })

  it('starts and ends interactive transactions by id, nested ones by the id of the whole', async () => {
    const steps: [string, string | undefined, string | undefined][] = []
    const client = derived({
      _engine: engine({
        transaction: async (action, headers, argument) => {
          const { id, newTxId } = argument as { id?: string; newTxId?: string }
          const started = await internals._engine.transaction(action, headers, argument)
          steps.push([action, newTxId ?? id, started?.id])
          return started
        },
      }),
    })
    await client.$transaction((tx) => tx.$transaction((inner) => inner.author.count()))
    await client.$transaction(() => Promise.reject(new Error('no'))).catch(() => {})
    const [first, second] = [steps[0]![2], steps[4]![2]]
    expect(steps).toEqual([
      ['start', undefined, first],
      ['start', first, first],
      ['commit', first, undefined],
      ['commit', first, undefined],
      ['start', undefined, second],
      ['rollback', second, undefined],
    ])
  })

  it('an error without a code reaches the caller as the object that it is; one with a code is wrapped', async () => {
    const failing = (thrown: Error) =>
      derived({
        _engine: engine({ request: () => Promise.reject(thrown), requestBatch: () => Promise.reject(thrown) }),
      })
    const plain = new Error('plain')
    const coded = Object.assign(new Error('coded'), { code: 'SUB_TIMEOUT' })
    const calls = [
      (client: PrismaClient) => client.author.findFirst(),
      (client: PrismaClient) => client.$queryRaw`SELECT 1`,
      (client: PrismaClient) => client.$transaction([client.author.count()]),
    ]
    for (const call of calls) {
      await expect(call(failing(plain))).rejects.toBe(plain)
      await expect(call(failing(coded))).rejects.not.toBe(coded)
    }
  })
})

describe('client', () => {
  it('makes every promise of a call in _createPrismaPromise, also of raw queries and of clients extended', async () => {
    const made: unknown[] = []
    const client = derived({
      _createPrismaPromise(callback: unknown, specification: unknown) {
        made.push(specification)
        return Object.assign(internals._originalClient._createPrismaPromise(callback, specification), { mark: true })
      },
    })
    const extended = client.$extends({ query: { $allOperations: ({ args, query }) => query(args) } })
    const calls = [
      client.author.findMany({ take: 1 }),
      client.author.findUnique({ where: { id: 1 } }),
      client.$queryRaw`SELECT 1`,
      extended.author.count(),
    ]
    expect(calls.map((call) => 'mark' in call || (call as { mark?: true }).mark)).toEqual([true, true, true, true])
    expect(made[0]).toEqual({ action: 'findMany', args: { take: 1 }, model: 'Author' })
  })

  it('sends every call, as extensions left it, through _executeRequest of the client that it was made on', async () => {
    const requests: ClientRequest[] = []
    const client = derived({
      async _executeRequest(request: ClientRequest) {
        requests.push(request)
        return internals._originalClient._executeRequest.call(this as never, request)
      },
    })
    const extended = client.$extends({
      query: { author: { findFirst: ({ args, query }) => query({ ...args, where: { id: 7 } }) } },
      result: { author: { loud: { needs: { name: true }, compute: ({ name }) => name.toUpperCase() } } },
    }) as unknown as Extended
    await extended.author.findFirst()
    await client.author
      .findUnique({ where: { id: 1 } })
      .notes()
      .catch(() => {})
    await client.$transaction([client.author.count()])
    await client.$transaction((tx) => tx.author.count())
    await client.$queryRaw`SELECT 1`
    expect(requests).toMatchObject([
      {
        model: 'Author',
        action: 'findFirst',
        clientMethod: 'author.findFirst',
        args: { where: { id: 7 } },
        dataPath: [],
      },
      { model: 'Author', action: 'findUnique', dataPath: ['select', 'notes'] },
      { model: 'Author', action: 'count', transaction: { kind: 'batch' } },
      { model: 'Author', action: 'count', transaction: { kind: 'itx', id: expect.any(String) } },
      { action: 'queryRaw', clientMethod: '$queryRaw', dataPath: [] },
    ])
    expect(extended._extensions.isEmpty()).toBe(false)
    expect(Object.keys(extended._extensions.getAllComputedFields('Author') ?? {})).toEqual(['loud'])
    expect(extended._extensions.getAllComputedFields('Note')).toBeUndefined()
  })

  it('keeps a global omit where we look for it', async () => {
    const adapter = createAdapterFactory(session)
    expect(requireInternals(new PrismaClient({ adapter, omit: { author: { name: true } } }))._globalOmit).toEqual({
      author: { name: true },
    })
    expect(internals._globalOmit).toBeUndefined()
  })

  it('of a version that lacks one of the parts is refused with their names', () => {
    const lacking: Record<string, unknown> = { ...internals, _clientVersion: '9.9.9', $extends: () => {} }
    for (const part of ['_createPrismaPromise', '_runtimeDataModel'])
      lacking[part] = internals[part as keyof PrismaInternals]
    delete lacking._requestHandler
    lacking._engine = { request: () => {} }
    try {
      requireInternals(lacking)
      expect.unreachable()
    } catch (error) {
      expect(isSubstrataError(error, 'SUB_PRISMA_UNSUPPORTED')).toBe(true)
      expect(String(error)).toMatch(
        /Prisma 9\.9\.9 has no .*_requestHandler.*_engine\.requestBatch, _engine\.transaction/,
      )
    }
  })
})
