import type { Connection } from './connection.ts'
import type { Result, Statement } from './statement.ts'
import { createUnit, resultOf, type Unit, type UnitInput, type UnitOwner } from './unit.ts'

/** The promise of one unit's answer. */
export class Call implements UnitOwner {
  readonly promise: Promise<Result>
  done = false
  private resolve!: (result: Result) => void
  private reject!: (error: Error) => void

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
    })
  }

  settled(unit: Unit, failure: Error | undefined): void {
    if (failure === undefined) this.succeed(resultOf(unit))
    else this.fail(failure)
  }

  succeed(result: Result): void {
    this.done = true
    this.resolve(result)
  }

  /** May come before the unit is answered: then the answer is passed over. */
  fail(error: Error): void {
    this.done = true
    this.reject(error)
  }
}

/** Runs one statement on a connection that nobody else uses. */
export function runUnit(connection: Connection, input: Omit<UnitInput, 'owner'>): Promise<Result> {
  const call = new Call()
  connection.submit(createUnit({ ...input, owner: call }))
  return call.promise
}

const noValues: Statement['values'] = []

/** For our own statements: BEGIN, SET and the like. */
export function runStatement(connection: Connection, text: string, held = false): Promise<Result> {
  return runUnit(connection, { statement: { text, values: noValues, reusable: false }, held })
}
