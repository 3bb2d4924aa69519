import { PrismaPg } from '@prisma/adapter-pg'
import {
  bindSqlAdapterFactory,
  type ErrorCapturingSqlDriverAdapter,
  type Result,
  type SqlDriverAdapterFactory,
  type SqlQuery,
} from '@prisma/driver-adapter-utils'
import { describe, expect, it } from 'vitest'
import { openSession } from '../../test/session.ts'
import { useTestDatabase } from '../testing/vitest.ts'
import { createAdapterFactory } from './adapter.ts'

const database = useTestDatabase({
  setup: `
    CREATE TABLE things (id int PRIMARY KEY, name text UNIQUE);
    GRANT SELECT, INSERT, UPDATE, DELETE ON things TO public;
  `,
})

type Adapter = ErrorCapturingSqlDriverAdapter

/** Both adapters, behind the wrapper through which Prisma reaches every adapter. */
const adapters: Readonly<Record<string, () => { factory: SqlDriverAdapterFactory; close: () => Promise<void> }>> = {
  PrismaPg: () => ({ factory: new PrismaPg({ connectionString: database.url }), close: async () => {} }),
  Substrata: () => {
    const session = openSession(database.url)
    return { factory: createAdapterFactory(session), close: () => session.close() }
  },
}

function query(sql: string, ...args: unknown[]): SqlQuery {
  return { sql, args, argTypes: args.map(() => ({ scalarType: 'unknown', arity: 'scalar' })) }
}

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`it failed: ${JSON.stringify(result.error)}`)
  return result.value
}

describe.each(Object.keys(adapters))("Prisma's contract of a driver adapter: %s", (name) => {
  async function withAdapter(body: (adapter: Adapter) => Promise<void>): Promise<void> {
    const { factory, close } = adapters[name]!()
    const adapter = value(await bindSqlAdapterFactory(factory).connect()) as Adapter
    try {
      await adapter.executeRaw(query('DELETE FROM things'))
      await body(adapter)
    } finally {
      value(await adapter.dispose())
      await close()
    }
  }
  const count = async (adapter: Adapter) =>
    value(await adapter.queryRaw(query('SELECT count(*)::int FROM things'))).rows[0]![0]

  it('speaks for PostgreSQL', async () => {
    await withAdapter(async (adapter) => {
      expect(adapter.provider).toBe('postgres')
      expect(value(adapter.getConnectionInfo!())).toMatchObject({ supportsRelationJoins: true })
    })
  })

  it('queryRaw gives names, types and rows, each as long as the other', async () => {
    await withAdapter(async (adapter) => {
      const sql = `SELECT 1::int4 AS a, 2::int8 AS b, 'x'::text AS c, NULL AS d, true AS e, '{1,2}'::int[] AS f, '\\x00'::bytea AS g`
      const result = value(await adapter.queryRaw(query(sql)))
      expect(result.columnNames).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g'])
      expect(result.columnTypes).toEqual([0, 1, 7, 7, 5, 64, 13])
      expect(result.rows).toEqual([[1, '2', 'x', null, true, [1, 2], Buffer.from([0])]])
      const empty = value(await adapter.queryRaw(query('SELECT id FROM things')))
      expect([empty.columnNames, empty.columnTypes, empty.rows]).toEqual([['id'], [0], []])
    })
  })

  it('executeRaw counts the rows', async () => {
    await withAdapter(async (adapter) => {
      expect(value(await adapter.executeRaw(query('INSERT INTO things SELECT generate_series(1, $1::int)', 3)))).toBe(3)
      expect(value(await adapter.executeRaw(query('UPDATE things SET name = id::text WHERE id > $1', 1)))).toBe(2)
      expect(value(await adapter.executeRaw(query(`SET application_name = 'x'`)))).toBe(0)
    })
  })

  it('an error of the database is one that Prisma has a kind for', async () => {
    await withAdapter(async (adapter) => {
      const insert = query('INSERT INTO things VALUES (1, $1)', 'one')
      value(await adapter.executeRaw(insert))
      expect(await adapter.executeRaw(insert)).toMatchObject({
        ok: false,
        error: { kind: 'UniqueConstraintViolation', constraint: { index: 'things_pkey' }, originalCode: '23505' },
      })
      expect(await adapter.queryRaw(query('SELECT * FROM nothing'))).toMatchObject({
        ok: false,
        error: { kind: 'TableDoesNotExist' },
      })
      expect(await adapter.queryRaw(query('SELEC'))).toMatchObject({
        ok: false,
        error: { kind: 'postgres', code: '42601' },
      })
    })
  })

  it('a transaction commits and rolls back as Prisma ends one', async () => {
    await withAdapter(async (adapter) => {
      const end = async (how: 'commit' | 'rollback', id: number) => {
        const transaction = value(await adapter.startTransaction('SERIALIZABLE'))
        value(await transaction.executeRaw(query('INSERT INTO things VALUES ($1)', id)))
        if (!transaction.options.usePhantomQuery) value(await transaction.executeRaw(query(how.toUpperCase())))
        value(await transaction[how]())
      }
      await end('rollback', 1)
      expect(await count(adapter)).toBe(0)
      await end('commit', 2)
      expect(await count(adapter)).toBe(1)
    })
  })

  it('a transaction has savepoints', async () => {
    await withAdapter(async (adapter) => {
      const transaction = value(await adapter.startTransaction())
      value(await transaction.createSavepoint!('a'))
      value(await transaction.executeRaw(query('INSERT INTO things VALUES (1)')))
      expect(await transaction.executeRaw(query('INSERT INTO things VALUES (1)'))).toMatchObject({ ok: false })
      expect(await transaction.queryRaw(query('SELECT 1'))).toMatchObject({ ok: false, error: { code: '25P02' } })
      value(await transaction.rollbackToSavepoint!('a'))
      value(await transaction.releaseSavepoint!('a'))
      value(await transaction.executeRaw(query('INSERT INTO things VALUES (2)')))
      if (!transaction.options.usePhantomQuery) value(await transaction.executeRaw(query('COMMIT')))
      value(await transaction.commit())
      expect(value(await adapter.queryRaw(query('SELECT id FROM things'))).rows).toEqual([[2]])
    })
  })

  it('executeScript runs several statements', async () => {
    await withAdapter(async (adapter) => {
      value(await adapter.executeScript('INSERT INTO things VALUES (1); INSERT INTO things VALUES (2);'))
      expect(await count(adapter)).toBe(2)
      expect(await adapter.executeScript('INSERT INTO things VALUES (3); INSERT INTO things VALUES (3)')).toMatchObject(
        { ok: false },
      )
    })
  })
})

it('executeScript leaves what stands in strings and bodies whole, and does all of a script or nothing', async () => {
  await using session = openSession(database.url)
  const adapter = await createAdapterFactory(session).connect()
  await adapter.executeRaw(query('DELETE FROM things'))
  await adapter.executeScript(`DO $$ BEGIN PERFORM 1; PERFORM 2; END $$; INSERT INTO things VALUES (1, 'a;b') -- ;\n;`)
  await expect(
    adapter.executeScript('INSERT INTO things VALUES (2); INSERT INTO things VALUES (1)'),
  ).rejects.toMatchObject({ cause: { kind: 'UniqueConstraintViolation' } })
  expect((await adapter.queryRaw(query('SELECT name FROM things'))).rows).toEqual([['a;b']])
})

it('leaves the session to whoever built it', async () => {
  await using session = openSession(database.url)
  const factory = createAdapterFactory(session, { schema: 'other' })
  const adapter = await factory.connect()
  expect(adapter.getConnectionInfo!()).toEqual({ supportsRelationJoins: true, schemaName: 'other' })
  await adapter.dispose()
  expect((await (await factory.connect()).queryRaw(query('SELECT 1'))).rows).toEqual([[1]])
})
