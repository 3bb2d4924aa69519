import { describe, expect, it } from 'vitest'
import { openSession, read, rejection, rowsOf, write } from '../../test/session.ts'
import { createContext } from '../core/context.ts'
import { useTestDatabase } from '../testing/vitest.ts'
import type { Session, Transaction } from './session.ts'
import { withClient } from './with-client.ts'

const database = useTestDatabase({
  setup: `
    create table notes (id int primary key, who text default current_setting('app.user_id', true));
    create table parents (id int primary key);
    create table children (parent int references parents deferrable initially deferred);
    grant all on all tables in schema public to public;
  `,
})

const note = (id: number) => ({ text: 'insert into notes (id) values ($1::int) returning who', values: [String(id)] })
const sql = (text: string) => ({ text, values: [] })

async function notes(session: Session): Promise<number[]> {
  return (await rowsOf(session, read(), 'select id from notes order by 1')).map(([id]) => Number(id))
}

async function fresh(session: Session): Promise<void> {
  await session.execute(write(), sql('delete from notes'))
}

describe('a transaction', () => {
  it('commits what it returns, and rolls back what it throws', async () => {
    await using session = openSession(database.url)
    await fresh(session)
    expect(await session.transaction(write(), {}, async (tx) => (await tx.execute(note(1))).command)).toBe('INSERT')
    const failing = session.transaction(write(), {}, async (tx) => {
      await tx.execute(note(2))
      throw new Error('no')
    })
    expect((await rejection(failing)).message).toBe('no')
    expect(await notes(session)).toEqual([1])
    expect(session.stats().pool.busy).toBe(0)
  })

  it('carries its context from its first statement on, through savepoints and failures', async () => {
    await using session = openSession(database.url, { maxConnections: 2, lanes: 1 })
    await fresh(session)
    const seen = `select current_setting('app.user_id', true)`
    await session.transaction(write({ context: { userId: 'alice' } }), {}, async (tx) => {
      await tx.savepoint('a')
      expect((await tx.execute(sql(seen))).rows).toEqual([['alice']])
      await tx.execute(sql(`select set_config('app.user_id', 'mallory', true)`))
      expect((await tx.execute(note(1))).rows).toEqual([['alice']])
      await rejection(tx.execute(sql('select 1/0')))
      await tx.rollbackTo('a')
      expect((await tx.execute(note(2))).rows).toEqual([['alice']])
      await tx.release('a')
    })
    expect(await rowsOf(session, write(), seen)).toEqual([['']])
    expect(await notes(session)).toEqual([2])
  })

  it('refuses a call of another context', async () => {
    await using session = openSession(database.url)
    await session.transaction(write({ context: { userId: 'alice' } }), {}, async (tx) => {
      const mixed = tx.execute(note(1), write({ context: { userId: 'bob' } }))
      expect(await rejection(mixed)).toMatchObject({ code: 'SUB_CONTEXT_MIXED' })
      await tx.execute(sql('select 1'), read({ context: createContext({ userId: 'alice' }) && { userId: 'alice' } }))
    })
  })

  it('has the isolation, the access mode and the snapshot that it was asked for', async () => {
    await using session = openSession(database.url)
    await fresh(session)
    await session
      .transaction(write(), { isolation: 'serializable', readOnly: true, deferrable: true }, async (tx) => {
        const text = `select current_setting('transaction_isolation'), current_setting('transaction_read_only'),
        current_setting('transaction_deferrable')`
        expect((await tx.execute(sql(text))).rows).toEqual([['serializable', 'on', 'on']])
        expect(await rejection(tx.execute(note(1)))).toMatchObject({ code: '25006' })
      })
      .catch(() => {})
    await session.transaction(write(), { isolation: 'repeatable read' }, async (tx) => {
      await tx.execute(sql('select count(*) from notes'))
      await session.execute(write(), note(7))
      expect((await tx.execute(sql('select count(*) from notes'))).rows).toEqual([['0']])
    })
  })

  it('runs statements given at once in their order, after the one that opens it', async () => {
    await using session = openSession(database.url)
    await fresh(session)
    await session.transaction(write(), {}, async (tx) => {
      const counts = Array.from({ length: 20 }, async (_, i) => {
        await tx.execute(note(i))
        return (await tx.execute(sql('select count(*) from notes'))).rows[0]?.[0]
      })
      expect(await Promise.all(counts)).toHaveLength(20)
    })
    expect(await notes(session)).toHaveLength(20)
  })

  it('whose BEGIN fails runs nothing', async () => {
    await using session = openSession(database.url)
    await fresh(session)
    const refused = session.transaction(write({ context: { userId: 'x', role: 'nobody_here' } }), {}, async (tx) => {
      const all = await Promise.allSettled([tx.execute(note(1)), tx.execute(note(2)), tx.execute(note(3))])
      expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
      throw new Error('refused')
    })
    expect((await rejection(refused)).message).toBe('refused')
    expect(await notes(session)).toEqual([])
  })

  it('that swallowed a failure says so at its commit', async () => {
    await using session = openSession(database.url)
    const swallowing = session.transaction(write(), {}, async (tx) => {
      await tx.execute(sql('select 1/0')).catch(() => {})
    })
    expect(await rejection(swallowing)).toMatchObject({ code: 'SUB_TRANSACTION_FAILED' })
  })

  it('that violates a deferred constraint fails at its commit, and the connection goes on', async () => {
    await using session = openSession(database.url, { maxConnections: 1, lanes: 0 })
    const failing = session.transaction(write(), {}, (tx) => tx.execute(sql('insert into children values (9)')))
    expect(await rejection(failing)).toMatchObject({ code: '23503' })
    expect(await rowsOf(session, write(), 'select count(*) from children')).toEqual([['0']])
  })

  it('refuses SQL that ends it, and work after it has ended', async () => {
    await using session = openSession(database.url)
    let kept: Transaction | undefined
    await session.transaction(write(), {}, async (tx) => {
      kept = tx
      for (const text of ['commit', 'ROLLBACK', 'end', 'begin', 'rollback work'])
        expect(await rejection(tx.execute(sql(text)))).toMatchObject({ code: 'SUB_TRANSACTION_STATEMENT' })
      await tx.execute(sql('savepoint x'))
      await tx.execute(sql('rollback to savepoint x'))
    })
    expect(kept?.state).toBe('committed')
    expect(await rejection(kept!.execute(sql('select 1')))).toMatchObject({ code: 'SUB_TRANSACTION_OVER' })
    expect(await rejection(kept!.commit())).toMatchObject({ code: 'SUB_TRANSACTION_OVER' })
    await kept!.rollback()
  })

  it('without a statement costs nothing and leaves nothing', async () => {
    await using session = openSession(database.url)
    await session.transaction(write(), {}, async () => {})
    expect(session.stats().pool.busy).toBe(0)
  })
})

describe('nested', () => {
  it('transactions are rolled back alone', async () => {
    await using session = openSession(database.url)
    await fresh(session)
    await session.transaction(write(), {}, async (tx) => {
      await tx.execute(note(1))
      const inner = tx.nested(async (deeper) => {
        await deeper.execute(note(2))
        await deeper.nested((deepest) => deepest.execute(note(3)))
        await deeper.execute(note(1))
      })
      expect(await rejection(inner)).toMatchObject({ code: '23505' })
      await tx.nested((other) => other.execute(note(4)))
    })
    expect(await notes(session)).toEqual([1, 4])
  })
})

describe('the timeout of a transaction', () => {
  it('rolls it back between statements, and gives the connection back', async () => {
    await using session = openSession(database.url, { maxConnections: 1, lanes: 0 })
    await fresh(session)
    const tx = await session.begin(write(), { timeout: 50 })
    await tx.execute(note(1))
    await expect.poll(() => tx.state).toBe('rolledBack')
    expect(await rejection(tx.execute(note(2)))).toMatchObject({ code: 'SUB_TRANSACTION_TIMEOUT' })
    expect(await rejection(tx.commit())).toMatchObject({ code: 'SUB_TRANSACTION_TIMEOUT' })
    expect(await rowsOf(session, write(), 'select count(*) from notes')).toEqual([['0']])
  })

  it('stops the statement that runs, on the server', async () => {
    await using session = openSession(database.url, { maxConnections: 1, lanes: 0 })
    const slow = session.transaction(write(), { timeout: 50 }, (tx) => tx.execute(sql('select pg_sleep(30)')))
    expect(await rejection(slow)).toMatchObject({ code: 'SUB_TRANSACTION_TIMEOUT' })
    const sleeping = `select count(*)::int n from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()`
    await expect
      .poll(() => withClient(database.adminUrl, async (client) => (await client.query(sleeping)).rows[0]))
      .toEqual({ n: 0 })
    expect(await rowsOf(session, write(), 'select 1')).toEqual([['1']])
  })
})

describe('deadlines in a transaction', () => {
  it('hold for their own statement only', async () => {
    await using session = openSession(database.url)
    await session.transaction(write(), {}, async (tx) => {
      await tx.execute(sql('select 1'), read({ timeout: 60 }))
      await tx.execute(sql('select pg_sleep(0.1)'))
      const late = tx.nested((inner) => inner.execute(sql('select pg_sleep(30)'), read({ timeout: 60 })))
      expect(await rejection(late)).toMatchObject({ code: 'SUB_TIMEOUT', details: { outcome: 'failed' } })
      await tx.execute(sql('select pg_sleep(0.1)'))
    })
  })

  it('an abort ends the transaction, and nothing of it stays', async () => {
    await using session = openSession(database.url)
    await fresh(session)
    const controller = new AbortController()
    const aborting = session.transaction(write({ signal: controller.signal }), {}, async (tx) => {
      await tx.execute(note(1))
      setTimeout(() => controller.abort(), 20)
      await tx.execute(sql('select pg_sleep(30)'))
    })
    expect(await rejection(aborting)).toMatchObject({ code: 'SUB_ABORTED' })
    expect(await notes(session)).toEqual([])
    expect(session.stats().pool.busy).toBe(0)
  })
})

describe('a backend that ends within a transaction', () => {
  it('has certainly not committed it', async () => {
    await using session = openSession(database.url)
    await fresh(session)
    const ended = session.transaction(write(), {}, async (tx) => {
      const { rows } = await tx.execute(sql('select pg_backend_pid()'))
      await tx.execute(note(1))
      await withClient(database.adminUrl, (client) => client.query('select pg_terminate_backend($1)', [rows[0]?.[0]]))
      await tx.execute(note(2))
    })
    expect(await rejection(ended)).toMatchObject({ code: 'SUB_CONNECTION_LOST', details: { outcome: 'failed' } })
    expect(await notes(session)).toEqual([])
    expect(session.stats().pool.busy).toBe(0)
  })
})
