/** Random items: few values each, so that there are ties, and nulls wherever there may be. */
import type { Client } from 'pg'
import type { Random } from '../client/random.ts'

const pools = {
  rank: [null, null, -1, 0, 1, 2],
  big: ['-9007199254740993', '0', '9007199254740993'],
  price: [null, '0.000000000001', '0.000000000002', '-12345678901234567.89', 'NaN'],
  score: [null, 0.1, 0.30000000000000004, -1e300, 'Infinity'],
  flag: [null, true, false],
  label: ['a', 'B', 'ä', 'a b', '', '_', 'ab'],
  note: [null, '', 'x', 'it\'s "quoted" \\'],
  size: ['SMALL', 'middling', 'LARGE'],
  other: [null, 'SMALL', 'middling', 'LARGE'],
  at: ['2026-01-01 00:00:00.000001Z', '2026-01-01 00:00:00.000002Z', '2026-01-01 00:00:00.0009Z', '2025-12-31 23:00Z'],
  seen: [null, '2026-01-01 00:00:00.000001', '2026-01-01 00:00:00.000002'],
  day: [null, '2024-02-29', '0099-01-01'],
  uid: ['00000000-0000-0000-0000-00000000000a', 'ffffffff-ffff-4fff-8fff-ffffffffffff'],
  raw: [null, '\\x', '\\x00ff'],
} as const

/** The fields of an item that an order may have. */
export const orderable = Object.keys(pools) as (keyof typeof pools)[]
export const nullable = orderable.filter((field) => pools[field].some((value) => value === null))

/** Writes items with these ids; every second one or so with its detail. */
export async function writeItems(client: Client, ids: readonly number[], random: Random): Promise<void> {
  const items = ids.map((id) => ({
    id,
    ...Object.fromEntries(orderable.map((field) => [field, random.pick<unknown>(pools[field])])),
    tags: [],
  }))
  const details = ids
    .filter(() => random.chance(0.6))
    .map((id) => ({ id, item_id: id, weight: random.pick([null, 1, 2, 2]) }))
  await client.query('INSERT INTO items SELECT * FROM json_populate_recordset(NULL::items, $1)', [
    JSON.stringify(items),
  ])
  await client.query('INSERT INTO details SELECT * FROM json_populate_recordset(NULL::details, $1)', [
    JSON.stringify(details),
  ])
}
