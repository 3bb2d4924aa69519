import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withClient } from '../../src/pg/with-client.ts'
import { type Db, openPeople, usePeopleDatabase } from './use-people.ts'

/** Tables that have the names of a statement's own parts, and triggers that change what is written. */

const database = usePeopleDatabase()
const withAdmin = (sql: string) => withClient(database.adminUrl, (client) => client.query(sql))
let db: Db

beforeAll(async () => {
  db = await openPeople(database.url)
})
afterAll(() => db.$close())

describe.each(['values', 'unnest', 'copy'] as const)('by %s', (strategy) => {
  test.each(['excluded', 'written', 'locked'] as const)('a table named %s', async (model) => {
    const delegate = db[model] as Db['excluded']
    await delegate.deleteMany()
    const rows = (names: string) => names.split('').map((name, id) => ({ id, name }))
    const args = { conflict: ['id'], outcome: 'rows', returning: true, strategy } as const
    await delegate.upsertMany({ data: rows('abc'), ...args })
    const told = await delegate.upsertMany({ data: rows('aBcD'), ...args })
    expect(told.rows).toEqual([
      { outcome: 'unchanged', row: { id: 0, name: 'a' } },
      { outcome: 'updated', row: { id: 1, name: 'B' } },
      { outcome: 'unchanged', row: { id: 2, name: 'c' } },
      { outcome: 'inserted', row: { id: 3, name: 'D' } },
    ])
    const updated = await delegate.updateEach({
      ...{ data: [...rows('aXcD'), { id: 9, name: 'n' }], by: ['id'], outcome: 'rows', strategy },
    } as const)
    expect(updated.rows.map(({ outcome }) => outcome)).toEqual([
      'unchanged',
      'updated',
      'unchanged',
      'unchanged',
      'missing',
    ])
    const gone = [{ id: 1 }, { id: 9 }]
    const deleted = await delegate.deleteEach({ data: gone, by: ['id'], outcome: 'rows', strategy })
    expect(deleted.rows.map(({ outcome }) => outcome)).toEqual(['deleted', 'missing'])
    expect(await delegate.findMany({ orderBy: { id: 'asc' } })).toEqual([
      { id: 0, name: 'a' },
      { id: 2, name: 'c' },
      { id: 3, name: 'D' },
    ])
  })
})

test('rows that a trigger keeps out or gives another key end the call all the same', async () => {
  await withAdmin(`CREATE FUNCTION kept_out() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN IF NEW.name = 'out' THEN RETURN NULL; END IF; IF NEW.name = 'moved' THEN NEW.id := NEW.id + 100; END IF; RETURN NEW; END $$;
    CREATE TRIGGER kept_out BEFORE INSERT ON excluded FOR EACH ROW EXECUTE FUNCTION kept_out()`)
  const data = [
    { id: 1, name: 'out' },
    { id: 2, name: 'in' },
    { id: 3, name: 'moved' },
  ]
  await db.excluded.deleteMany()
  const args = { data, conflict: ['id'], outcome: 'rows' } as const
  const told = await db.excluded.upsertMany({ ...args, returning: true })
  expect(told.rows[1]).toEqual({ outcome: 'inserted', row: { id: 2, name: 'in' } })
  // Nothing is known of the others: they are not there under their keys.
  expect([told.rows[0], told.rows[2]]).toEqual([{ outcome: 'unchanged' }, { outcome: 'unchanged' }])
  await withAdmin('DROP TRIGGER kept_out ON excluded; DROP FUNCTION kept_out')
})
