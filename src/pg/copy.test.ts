import { useTestDatabase } from 'substrata/testing/vitest'
import { expect, it } from 'vitest'
import { openSession, rejection, rowsOf, write } from '../../test/session.ts'

const database = useTestDatabase({ setup: 'CREATE TABLE copied (id int PRIMARY KEY, text text)' })

const copy = (text: string) => ({ text: 'COPY copied FROM STDIN', values: [], copy: Buffer.from(text) })

it('a COPY brings its data along, alone and among other statements of a transaction', async () => {
  await using session = openSession(database.url)
  const result = await session.execute(write(), copy('1\tone\n2\t\\N\n'))
  expect(result).toMatchObject({ command: 'COPY', count: 2, rows: [] })
  const counts = await session.transaction(write(), {}, async (tx) => {
    // Sent in one go: nobody waits for the server to ask for the data.
    const results = await Promise.all([
      tx.execute({ text: 'DELETE FROM copied', values: [] }),
      tx.execute(copy(`${Array.from({ length: 20_000 }, (_, i) => `${i}\trow ${i}`).join('\n')}\n`)),
      tx.execute({ text: 'SELECT count(*) FROM copied', values: [] }),
    ])
    return results.map(({ count, rows }) => count ?? rows)
  })
  expect(counts).toEqual([2, 20_000, 1])
  expect(await rowsOf(session, write(), 'SELECT text FROM copied WHERE id = 19999')).toEqual([['row 19999']])
})

it('a COPY that fails fails by itself: before its data, in the midst of it, and at its end', async () => {
  await using session = openSession(database.url, { maxConnections: 2, lanes: 0 })
  await session.execute(write(), { text: 'DELETE FROM copied', values: [] })
  const absent = { text: 'COPY absent FROM STDIN', values: [], copy: Buffer.from('1\n'.repeat(10_000)) }
  expect((await rejection(session.execute(write(), absent))).code).toBe('42P01')
  const rows = Array.from({ length: 50_000 }, (_, i) => `${i}\tx\n`)
  const broken = rows.with(10, 'x\ty\n').join('')
  expect((await rejection(session.execute(write(), copy(broken)))).code).toBe('22P02')
  expect((await rejection(session.execute(write(), copy('1\ta\n1\tb\n')))).code).toBe('23505')
  expect((await rejection(session.execute(write(), copy('1\ta\textra\n')))).code).toBe('22P04')
  expect(await rowsOf(session, write(), 'SELECT count(*) FROM copied')).toEqual([['0']])
  await session.transaction(write(), {}, async (tx) => {
    const undone = tx.nested((inner) => inner.execute(copy(broken)))
    expect((await rejection(undone)).code).toBe('22P02')
    await tx.execute(copy('7\tseven\n'))
  })
  expect(await rowsOf(session, write(), 'SELECT id FROM copied')).toEqual([['7']])
})

it('a COPY without data ends the connection, not the client', async () => {
  await using session = openSession(database.url)
  const starved = session.execute(write(), { text: 'COPY copied FROM STDIN', values: [] })
  expect((await rejection(starved)).code).toBe('SUB_CONNECTION_LOST')
  expect(await rowsOf(session, write(), 'SELECT 1')).toEqual([['1']])
})
