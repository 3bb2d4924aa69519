// A search sees what the policies of its context let it see, and what they cost.
import { Client } from 'pg'
import type { StatementEvent } from 'substrata'
import { explain, type Plan } from 'substrata/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Db, openSearch, useSearch } from './use-search.ts'

const search = useSearch()
let db: Db
let last: StatementEvent | undefined

beforeAll(async () => {
  db = await openSearch({ url: search.database.url, showValues: true })
  db.$events.on('statement', (event) => (last = event))
  for (const tenantId of ['one', 'two']) {
    const data = Array.from({ length: 3_000 }, (_, i) => ({
      tenantId,
      text: `memo ${i} of ${tenantId}, ${'x'.repeat(300)}`,
    }))
    await db.$as({ tenantId }).memo.createMany({ data })
  }
  await asAdministrator('VACUUM ANALYZE memos')
})

afterAll(() => db.$close())

async function asAdministrator(sql: string): Promise<void> {
  const client = new Client(search.database.adminUrl)
  await client.connect()
  await client.query(sql)
  await client.end()
}

/** Under the tenant's context, as the application. */
async function lastPlan(tenantId: string): Promise<Plan> {
  const client = new Client(search.database.url)
  await client.connect()
  await client.query(`SELECT set_config('app.tenant_id', $1, false)`, [tenantId])
  const plan = await explain(client, last!.text, [...(last!.values ?? [])])
  await client.end()
  return plan
}

it('sees the rows of its context, and needs one', async () => {
  const found = await db.$as({ tenantId: 'one' }).memo.search('memo 17', { highlight: ['text'], facets: ['tenantId'] })
  expect(found.items.map(({ tenantId }) => tenantId)).toEqual(['one'])
  expect(found.facets.tenantId).toEqual([{ value: 'one', count: 1 }])
  expect(await db.$as({ tenantId: 'nobody' }).memo.search('memo')).toMatchObject({ items: [] })
  await expect(db.memo.search('memo')).rejects.toMatchObject({ code: 'SUB_CONTEXT_MISSING' })
  await expect(db.$as({ userId: 'alice' }).memo.search('memo')).rejects.toMatchObject({ code: 'SUB_CONTEXT_MISSING' })
})

it("takes no cursor of another context's", async () => {
  const first = await db.$as({ tenantId: 'one' }).memo.search('memo', { first: 1 })
  const call = db.$as({ tenantId: 'two' }).memo.search('memo', { first: 1, after: first.pageInfo.endCursor })
  await expect(call).rejects.toMatchObject({ code: expect.stringMatching(/^SUB_/) })
})

it('reads the rows that policies allow by their own index; by words once an administrator says that @@ leaks nothing', async () => {
  const ask = () => db.$as({ tenantId: 'one' }).memo.search('1717', { order: 'rank' })
  expect((await ask()).items).toHaveLength(1)
  const guarded = await lastPlan('one')
  expect(guarded.usesIndex('memos_search_idx')).toBe(false)
  await asAdministrator('ALTER FUNCTION pg_catalog.ts_match_vq(tsvector, tsquery) LEAKPROOF')
  expect((await ask()).items).toHaveLength(1)
  ;(await lastPlan('one')).mustUseIndex('memos_search_idx')
  expect(await db.$as({ tenantId: 'two' }).memo.search('1717')).toMatchObject({ items: [{ tenantId: 'two' }] })
})
