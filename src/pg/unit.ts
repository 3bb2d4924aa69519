import type pg from 'pg'
import type { Setting } from '../core/context.ts'
import type { Field, Result, Row, Statement } from './statement.ts'

/** A statement that the server keeps under a name, on one connection. */
export interface Prepared {
  readonly name: string
  readonly text: string
  /** `asked` until the server has confirmed the Parse. */
  state: 'asked' | 'ready' | 'gone'
  /** Of the result; undefined until the server has described it. */
  fields: readonly Field[] | undefined
  /** When it was last used, as a count of uses of the connection. */
  used: number
}

/**
 * What one Sync covers: perhaps a BEGIN, perhaps settings, then the statement, then perhaps what puts the session back. Without the BEGIN it is one implicit
 * transaction: if the settings fail, the statement never runs.
 */
export interface Unit {
  readonly statement: Statement
  /** Local to the transaction; undefined where there is nothing to set. */
  readonly settings: readonly Setting[] | undefined
  /** Whatever context the session itself has is cleared in front of the settings. */
  readonly clears: boolean
  /**
   * Behind the statement everything is put back to what the session began with, and the settings are said once more, for
   * triggers that wait for the end of the transaction.
   */
  readonly putsBack: boolean
  /** A statement that comes before the settings, in the same Sync: BEGIN. */
  readonly before: string | undefined
  /** True while an explicit transaction holds it: then a broken connection means that it was certainly rolled back. */
  readonly held: boolean
  /** Commits as a whole or not at all; false for VACUUM, CALL and the like, which commit on their own. */
  readonly atomic: boolean
  /** Several statements in one text, through the simple protocol; no rows are kept. */
  readonly simple: boolean

  state: 'waiting' | 'written' | 'done'
  /** Bytes have left for the socket, so that the server may have seen it. */
  sent: boolean
  sentAt: number
  /** Of the database, without the wait behind others on a lane. */
  serviceTime: number

  /** Completed commands that come before the statement's own. */
  ahead: number
  prepared: Prepared | undefined
  /** Whose ParseComplete is due, in order; undefined for an unnamed one. */
  parsing: (Prepared | undefined)[]
  fields: readonly Field[] | undefined
  rows: Row[]
  command: string
  count: number | undefined
  /** The statement itself has completed; what is missing is the end of the transaction. */
  completed: boolean
  error: pg.DatabaseError | undefined

  readonly owner: UnitOwner
}

/** Who waits for a unit. */
export interface UnitOwner {
  /** Called once, with the reason where there is no good answer. */
  settled(unit: Unit, failure: Error | undefined): void
}

export interface UnitInput {
  readonly statement: Statement
  readonly settings?: readonly Setting[] | undefined
  /** Needs settings, if only an empty list of them. */
  readonly clears?: boolean
  readonly putsBack?: boolean
  readonly before?: string | undefined
  readonly held?: boolean
  readonly atomic?: boolean
  readonly simple?: boolean
  readonly owner: UnitOwner
}

export function createUnit(input: UnitInput): Unit {
  return {
    statement: input.statement,
    settings: input.settings,
    clears: input.clears ?? false,
    putsBack: input.putsBack ?? false,
    before: input.before,
    held: input.held ?? false,
    atomic: input.atomic ?? true,
    simple: input.simple ?? false,
    state: 'waiting',
    sent: false,
    sentAt: 0,
    serviceTime: 0,
    // A script has no statement of its own: all its results are passed over.
    ahead: input.simple
      ? Number.POSITIVE_INFINITY
      : (input.before === undefined ? 0 : 1) + (input.settings === undefined ? 0 : 1),
    prepared: undefined,
    parsing: [],
    fields: undefined,
    rows: [],
    command: '',
    count: undefined,
    completed: false,
    error: undefined,
    owner: input.owner,
  }
}

export function resultOf(unit: Unit): Result {
  return { fields: unit.fields ?? [], rows: unit.rows, command: unit.command, count: unit.count }
}
