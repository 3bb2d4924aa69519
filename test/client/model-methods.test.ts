import { defineConfig } from 'substrata'
import { describe, expect, it } from 'vitest'
import { type FeatureFactory, substrata } from '../../src/client/index.ts'
import { PrismaClient } from './generated/prisma/client.ts'
import { schema } from './generated/substrata/index.ts'
import { useClientDatabase } from './use-client.ts'

const database = useClientDatabase()

/** What a feature's method sees of its call. */
interface Seen {
  readonly model: string
  readonly given: unknown
  readonly inside: boolean
  readonly seenBy: string | null | undefined
}

interface Probing {
  readonly schema: typeof schema
  readonly delegate: unknown
  readonly meta: never
  readonly methods: { probe(given?: unknown): Promise<Seen>; rename(id: number, name: string): Promise<unknown> }
}

const refused: unknown[] = []
const probing: FeatureFactory = () => ({
  name: 'bulk',
  admit({ name, args }) {
    if (name === 'probe' && args.forbidden) throw new Error('refused')
    refused.push(name)
  },
  methods: {
    probe: {
      kind: 'read',
      async run({ model, within, execute }, given) {
        const { rows } = await execute({ text: 'SELECT seen_by()', values: [] })
        return { model: model.name, given, inside: within !== undefined, seenBy: rows[0]?.[0] }
      },
    },
    rename: {
      kind: 'write',
      run: ({ transaction }, id, name) =>
        transaction((tx) =>
          tx.execute({ text: 'UPDATE author_rows SET name = $2 WHERE id = $1', values: [String(id), String(name)] }),
        ),
    },
  },
})

async function withClient<T>(body: (db: Awaited<ReturnType<typeof open>>) => Promise<T>): Promise<T> {
  await using db = await open()
  return await body(db)
}

function open() {
  const config = defineConfig({ environment: 'test', url: database.url }, {})
  return substrata<PrismaClient, Probing>(PrismaClient, { schema, config }, [probing])
}

describe('a method that a feature adds to models', () => {
  it('knows its model and what it was given, and runs in the context of its client', () =>
    withClient(async (db) => {
      expect(await db.author.probe(1)).toEqual({ model: 'Author', given: 1, inside: false, seenBy: '' })
      expect(await db.$as({ userId: 'alice' }).note.probe()).toMatchObject({ model: 'Note', seenBy: 'alice' })
    }))

  it('runs when it is awaited, once', () =>
    withClient(async (db) => {
      const before = refused.length
      const call = db.author.probe()
      expect(refused.length).toBe(before)
      await call
      await call
      expect(refused.length).toBe(before + 1)
    }))

  it('stands in an interactive transaction, on its connection', () =>
    withClient(async (db) => {
      await db.author.create({ data: { id: 1, name: 'one' } })
      const undone = db.$as({ userId: 'bob' }).$transaction(async (tx) => {
        expect(await tx.author.probe()).toMatchObject({ inside: true, seenBy: 'bob' })
        await tx.author.rename(1, 'renamed')
        expect(await tx.author.findFirst({ where: { id: 1 } })).toMatchObject({ name: 'renamed' })
        throw new Error('undo')
      })
      await expect(undone).rejects.toThrow('undo')
      expect(await db.author.findFirst({ where: { id: 1 } })).toMatchObject({ name: 'one' })
    }))

  it('is there on a client with extensions', () =>
    withClient(async (db) => {
      const extended = db.$extends({ model: { author: { two: () => 2 } } })
      expect(extended.author.two()).toBe(2)
      expect(await extended.author.probe()).toMatchObject({ model: 'Author' })
      await extended.$transaction(async (tx) => expect(await tx.author.probe()).toMatchObject({ inside: true }))
    }))

  it('passes what other features refuse', () =>
    withClient((db) => expect(db.author.probe({ forbidden: true })).rejects.toThrow('refused')))

  it("fails in Prisma's words", () =>
    withClient(async (db) => {
      await db.author.createMany({ data: [2, 3].map((id) => ({ id, name: `author ${id}` })) })
      const error: unknown = await db.author.rename(2, 'author 3').catch((failure: unknown) => failure)
      expect(error).toMatchObject({
        name: 'PrismaClientKnownRequestError',
        code: 'P2002',
        meta: { modelName: 'Author' },
      })
      expect(String(error)).toContain('author.rename()')
      // The transaction goes on after it.
      await db.$transaction(async (tx) => {
        await expect(tx.author.rename(2, 'author 3')).rejects.toMatchObject({ code: 'P2002' })
        expect(await tx.author.probe()).toMatchObject({ inside: true })
      })
    }))

  it('is no part of $transaction([…])', () =>
    withClient(async (db) => {
      // oxlint-disable-next-line typescript/no-unsafe-argument
      const batch = db.$transaction([db.author.probe() as never])
      await expect(batch).rejects.toMatchObject({ code: 'SUB_BATCH_UNSUPPORTED' })
    }))

  it('is told in events like any operation', () =>
    withClient(async (db) => {
      const operations: unknown[] = []
      db.$events.on('operation', ({ model, operation, path }) => operations.push({ model, operation, path }))
      await db.author.probe()
      expect(operations).toEqual([{ model: 'Author', operation: 'probe', path: 'direct' }])
    }))
})
