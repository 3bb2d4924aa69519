import type { Client } from 'pg'
import {
  type DeclaredObject,
  keyOf,
  kindOf,
  type Names,
  namesIn,
  type ObjectName,
  type PresentObject,
} from '../objects/index.ts'
import { attempt, lacksSomething } from './attempt.ts'
import { annotationRefused, functionFile } from './errors.ts'
import { markStatement, type Step } from './script.ts'

/** A function that PostgreSQL has taken, so that its name is known. */
export interface MadeFunction {
  readonly declared: DeclaredObject
  readonly name: ObjectName
  /** It names tables that are made after it, so that its body cannot be checked when it is made. */
  readonly unchecked: boolean
}

export interface EarlyFunctions {
  readonly made: readonly MadeFunction[]
  /** What needs a table or a type of the same migration: they come after the tables. */
  readonly late: readonly DeclaredObject[]
  /** Functions of earlier declarations that none of the made ones has replaced; dropped in the shadow database. */
  readonly removed: readonly PresentObject[]
}

const full = namesIn('')

/** Makes declared functions in the shadow database before the tables change, as the migration will. */
export async function makeFunctions(
  client: Client,
  missing: readonly DeclaredObject[],
  stale: readonly PresentObject[],
): Promise<EarlyFunctions> {
  const made: MadeFunction[] = []
  const refused: DeclaredObject[] = []
  for (const declared of missing) {
    const result = await makeFunction(client, declared)
    if ('name' in result) made.push(result)
    else refused.push(declared)
  }
  const keys = new Set(made.map(({ declared, name }) => keyOf({ ...declared, name })))
  const removed = stale.filter((each) => !keys.has(keyOf(each)))
  for (const { kind, name } of removed) await client.query(`${kindOf({ kind }).drop(name, full)} CASCADE`)
  // What a new signature collided with is gone now.
  const late: DeclaredObject[] = []
  for (const declared of refused) {
    const result = await makeFunction(client, declared)
    if ('name' in result) made.push(result)
    else if (lacksSomething(result.error)) late.push(declared)
    else throw refusal(declared, result.error)
  }
  return { made, late, removed }
}

/**
 * Makes the functions that had to wait for the tables.
 *
 * @throws SUB_ANNOTATION_REFUSED, SUB_FUNCTION_FILE
 */
export async function makeLateFunctions(client: Client, late: readonly DeclaredObject[]): Promise<MadeFunction[]> {
  const made: MadeFunction[] = []
  for (const declared of late) {
    const result = await makeFunction(client, declared)
    if (!('name' in result)) throw refusal(declared, result.error)
    made.push(result)
  }
  return made
}

type Refusal = { readonly error: NonNullable<Awaited<ReturnType<typeof attempt>>> }

async function makeFunction(client: Client, declared: DeclaredObject): Promise<MadeFunction | Refusal> {
  let error = await attempt(client, ['BEGIN', ...declared.create])
  const unchecked = error !== undefined
  if (unchecked) error = await attempt(client, ['BEGIN', 'SET LOCAL check_function_bodies = off', ...declared.create])
  if (error) return { error }
  const { rows } = await client.query<{ schema: string; name: string; arguments: string }>(
    `SELECT n.nspname AS schema, p.proname AS name, pg_get_function_identity_arguments(p.oid) AS arguments
       FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.xmin = pg_current_xact_id()::xid`,
  )
  await client.query('COMMIT')
  const [name] = rows
  if (name === undefined || rows.length > 1) throw functionFile({ origin: declared.origin, found: rows.length })
  return { declared, name, unchecked }
}

export function refusal({ origin, kind, name }: DeclaredObject, error: Refusal['error']): Error {
  const { code = '', message } = error
  return annotationRefused(
    { origin, object: `${kind} ${name.name}`, sqlState: code, reason: message },
    { cause: error },
  )
}

export function functionStep({ declared, name, unchecked }: MadeFunction, names: Names): Step {
  const create = unchecked
    ? ['SET check_function_bodies = off', ...declared.create, 'RESET check_function_bodies']
    : declared.create
  return { title: 'CreateFunction', statements: [...create, markStatement(declared, name, names)] }
}
