// Compiled by `npm run check`, never run: what bulk writes take and give.
import { processInBatches } from 'substrata'
import { Prisma } from '../bulk/generated/prisma/client.ts'
import type { Db } from '../bulk/open-people.ts'

/* oxlint-disable typescript/no-unnecessary-type-parameters -- the parameters are what is compared */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
declare function same<A, B>(same: Same<A, B>): void
declare function is<T>(value: T): void
/* oxlint-enable typescript/no-unnecessary-type-parameters */

const data = [{ email: 'a', name: null, score: 1, balance: '1.50', tags: ['a'] }]

export async function upserts(db: Db): Promise<void> {
  const counted = await db.person.upsertMany({ data, conflict: ['email'] })
  same<typeof counted, { readonly count: number; readonly unchanged: number }>(true)
  await db.place.upsertMany({ data: [{ region: 'a', number: 1n }], conflict: ['number', 'region'] })
  await db.room.upsertMany({ data: [{ name: 'a' }], conflict: ['name'] })
  // @ts-expect-error no unique key
  await db.person.upsertMany({ data, conflict: ['name'] })
  // @ts-expect-error half a key
  await db.place.upsertMany({ data: [{ region: 'a', number: 1n }], conflict: ['region'] })
  // @ts-expect-error a field that is none
  await db.person.upsertMany({ data: [{ email: 'a', nope: 1 }], conflict: ['email'] })
  // @ts-expect-error a required field is missing
  await db.person.upsertMany({ data: [{ name: 'a' }], conflict: ['email'] })
  // @ts-expect-error a field that is none
  await db.person.upsertMany({ data, conflict: ['email'], update: ['nope'] })
  await db.person.upsertMany({
    ...{ data, conflict: ['email'], where: { score: { lt: 1 } } },
    update: {
      score: { increment: true },
      name: ({ existing, excluded }) => Prisma.sql`${existing.name}${excluded.score}`,
    },
  } as const)
}

export async function outcomes(db: Db): Promise<void> {
  const told = await db.person.upsertMany({ data, conflict: ['email'], outcome: 'rows' })
  is<'inserted' | 'updated' | 'unchanged' | 'duplicate' | undefined>(told.rows[0]?.outcome)
  const some = await db.person.upsertMany({ data, conflict: ['email'], outcome: 'rows', returning: ['id', 'tags'] })
  for (const row of some.rows) {
    // @ts-expect-error of a duplicate there is no row
    is<string>(row.row.id)
    if (row.outcome === 'duplicate') continue
    is<{ id: string; tags: string[] }>(row.row)
    // @ts-expect-error not asked for
    is<unknown>(row.row.email)
  }
  // @ts-expect-error rows are returned with their outcome only
  await db.person.upsertMany({ data, conflict: ['email'], returning: true })
}

export async function each(db: Db): Promise<void> {
  await db.person.updateEach({ data: [{ email: 'a', score: 1 }], by: ['email'] })
  // @ts-expect-error the key is missing
  await db.person.updateEach({ data: [{ score: 1 }], by: ['email'] })
  // @ts-expect-error a partial key finds no rows
  await db.room.updateEach({ data: [{ name: 'a' }], by: ['name'] })
  await db.place.deleteEach({ data: [{ region: 'a', number: 1n }], by: ['region', 'number'] })
  // A model with one key.
  await db.visit.deleteEach({ data: [{ id: 1 }], by: ['id'] })
  await db.visit.updateEach({ data: [{ id: 1, personId: 'a' }], by: ['id'], outcome: 'rows' })
  // @ts-expect-error no key
  await db.visit.deleteEach({ data: [{ personId: 'a' }], by: ['personId'] })
}

export async function batches(db: Db): Promise<void> {
  for await (const people of db.person.inBatches({ select: { id: true, name: false } })) {
    same<(typeof people)[number], { id: string }>(true)
  }
  await processInBatches(db, [1, 2], { size: 1 }, async (items, tx) => {
    same<typeof items, readonly number[]>(true)
    await tx.person.upsertMany({ data, conflict: ['email'] })
  })
}

export async function imports(db: Db): Promise<void> {
  const told = await db.person.importFrom('people.csv', { columns: { Mail: 'email', Other: null } })
  is<number>(told.badCount)
  await db.person.importFrom([{ email: 'a' }], { conflict: ['email'], update: ['name'] })
  // @ts-expect-error no field of the model
  await db.person.importFrom('people.csv', { columns: { Mail: 'nope' } })
  // @ts-expect-error nothing to update without a key
  await db.person.importFrom('people.csv', { update: ['name'] })
}
