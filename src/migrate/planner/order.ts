import type { Client } from 'pg'
import { identifier } from '../../pg/sql.ts'
import { addressKey, dependentsOf, type readDependencies } from '../catalogue/index.ts'
import { type DeclaredObject, type PresentObject, rankOf } from '../objects/index.ts'
import { attempt, lacksSomething } from './attempt.ts'
import { refusal } from './functions.ts'
import type { Step } from './script.ts'

/**
 * Makes objects in the shadow database, and finds by that an order that works: what lacks something waits until the others are
 * there.
 *
 * @throws SUB_ANNOTATION_REFUSED
 */
export async function makeInOrder(client: Client, objects: readonly DeclaredObject[]): Promise<DeclaredObject[]> {
  const order: DeclaredObject[] = []
  let waiting = [...objects]
  while (waiting.length > 0) {
    const again: DeclaredObject[] = []
    let first: Error | undefined
    for (const each of waiting) {
      const error = await attempt(client, ['BEGIN', ...each.create, 'COMMIT'])
      if (error === undefined) order.push(each)
      else if (lacksSomething(error)) {
        first ??= refusal(each, error)
        again.push(each)
      } else throw refusal(each, error)
    }
    if (first && again.length === waiting.length) throw first
    waiting = again
  }
  return order
}

/** Prisma's engine makes the schemas of tables only. */
export async function makeSchemas(client: Client, objects: readonly DeclaredObject[]): Promise<Step[]> {
  const needed = [...new Set(objects.map(({ name }) => name.schema))]
  const { rows } = await client.query<{ schema: string }>(
    'SELECT schema FROM unnest($1::text[]) schema WHERE NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = schema)',
    [needed],
  )
  const statements = rows.map(({ schema }) => `CREATE SCHEMA IF NOT EXISTS ${identifier(schema)}`)
  for (const statement of statements) await client.query(statement)
  return statements.map((statement) => ({ title: 'CreateSchema', statements: [statement] }))
}

/** The opposite of the order of creation, dependents first. */
export function dropOrder(
  objects: readonly PresentObject[],
  dependencies: Awaited<ReturnType<typeof readDependencies>>,
): PresentObject[] {
  const order: PresentObject[] = []
  let left = objects.toSorted((a, b) => rankOf(b) - rankOf(a))
  while (left.length > 0) {
    const free = left.filter((each) => {
      const dependents = dependentsOf([each.address], dependencies)
      return !left.some((other) => other !== each && dependents.has(addressKey(other.address)))
    })
    // Objects that need each other in a circle cannot exist; still, never loop.
    const next = free.length > 0 ? free : left
    order.push(...next)
    left = left.filter((each) => !next.includes(each))
  }
  return order
}
