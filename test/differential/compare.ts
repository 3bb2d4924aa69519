/** Makes calls on both clients and keeps count. */
import { inspect } from 'node:util'
import type { Call } from '../../src/query/call.ts'
import { withoutMadeValues } from './made-values.ts'
import { type Outcome, outcomeOf, sameOutcome } from './outcome.ts'
import { type AnyClient, type AnyModels, make, type World } from './world.ts'

/** How many calls were compared, and how many of them went straight to the database. */
export class Tally {
  calls = 0
  direct = 0
  readonly operations = new Map<string, { calls: number; direct: number }>()
  /** Why the others went to Prisma. */
  readonly reasons = new Map<string, number>()

  add(operation: string, reason: string | undefined): void {
    const counts = this.operations.get(operation) ?? { calls: 0, direct: 0 }
    this.operations.set(operation, counts)
    for (const each of [this, counts]) {
      each.calls++
      if (reason === undefined) each.direct++
    }
    if (reason !== undefined) this.reasons.set(reason, (this.reasons.get(reason) ?? 0) + 1)
  }
}

/** Thrown for a call that our client answers otherwise than Prisma. */
export class Difference extends Error {
  constructor(call: Call, path: string, prisma: Outcome, ours: Outcome) {
    const shown = (value: unknown) => inspect(value, { depth: 12, breakLength: 140 })
    super(
      `${call.model}.${call.operation}(${shown(call.args)}) differs (${path})\n  Prisma: ${shown(prisma)}\n  ours:   ${shown(ours)}`,
    )
    this.stack = this.message
  }
}

/** @throws Difference */
export async function compareRead({ schema, prisma, ours }: World, call: Call, tally: Tally): Promise<void> {
  const taken = ours.$path(make(ours, call))
  const [theirs, own] = await Promise.all([outcomeOf(make(prisma, call)), outcomeOf(make(ours, call))])
  tally.add(call.operation, taken.path === 'prisma' ? taken.reason : undefined)
  if (!sameOutcome(schema, call, theirs, own)) throw new Difference(call, taken.path, theirs, own)
}

/**
 * Makes a write on both sides, each on a database of its own, compares what it answered and what the table then holds, and
 * takes it back.
 *
 * @throws Difference
 */
export async function compareWrite({ schema, prisma, ours }: World, call: Call, tally: Tally): Promise<void> {
  const taken = ours.$path(make(ours, call))
  const [theirs, own] = await Promise.all([written(prisma, call), written(ours, call)])
  tally.add(call.operation, taken.path === 'prisma' ? taken.reason : undefined)
  const table: Call = { model: call.model, operation: 'findMany', args: {} }
  const same =
    sameOutcome(schema, call, theirs.answer, own.answer) && sameOutcome(schema, table, theirs.table, own.table)
  if (same) return
  const both = 'error' in theirs.answer || 'error' in own.answer
  throw new Difference(call, taken.path, both ? theirs.answer : { result: theirs }, both ? own.answer : { result: own })
}

interface Written {
  readonly answer: Outcome
  readonly table: Outcome
}

async function written(client: AnyClient, call: Call): Promise<Written> {
  const done = new Error('rolled back')
  let result: Written | undefined
  const body = async (tx: AnyModels) => {
    const answer = withoutMadeValues(await outcomeOf(make(tx, call)))
    // After a database error the transaction answers nothing more.
    const table =
      'error' in answer
        ? answer
        : withoutMadeValues(await outcomeOf(make(tx, { ...call, operation: 'findMany', args: {} })))
    result = { answer, table }
    throw done
  }
  await client.$transaction(body, { maxWait: 600_000, timeout: 600_000 }).catch((error: unknown) => {
    if (error !== done) throw error
  })
  return result!
}
