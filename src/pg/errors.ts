import type { DatabaseError } from 'pg'
import { defineError } from '../core/errors.ts'

/**
 * What became of a statement whose answer did not come: it was not sent, or the server certainly rolled it back, or
 * nobody can know. Only the first two may be tried again without asking the data.
 */
export type Outcome = 'never sent' | 'failed' | 'unknown'

const outcomes: Readonly<Record<Outcome, string>> = {
  'never sent': 'The statement was not sent.',
  failed: 'The statement was certainly not carried out.',
  unknown: 'Whether the statement was carried out is unknown.',
}

/** True for an error that PostgreSQL itself sent; `code` is its SQLSTATE. */
export function isDatabaseError(error: unknown, sqlState?: string): error is DatabaseError {
  if (!(error instanceof Error) || !('severity' in error) || !('code' in error)) return false
  return typeof error.code === 'string' && (sqlState === undefined || error.code === sqlState)
}

/** A value that is none of its type, or that a computation has no result for: class 22 of the SQL states. */
export function isDataException(error: unknown): error is DatabaseError {
  return isDatabaseError(error) && error.code?.startsWith('22') === true
}

/** A named statement is gone (a pooler, DISCARD ALL) or its result has changed shape (DDL): parsing it anew helps. */
export function isStaleStatement(error: DatabaseError): boolean {
  return error.code === '26000' || (error.code === '0A000' && error.routine === 'RevalidateCachedQuery')
}

export const connectFailed = defineError<{ node: string; outcome: 'never sent' }>({
  code: 'SUB_CONNECT_FAILED',
  summary: 'No connection to the node could be opened.',
  mend: 'The cause says why; check that the server runs and that host, port, user, password and TLS are right.',
  message: ({ node }) => `No connection to ${node} could be opened.`,
})

export const connectionLost = defineError<{ node: string; outcome: Outcome }>({
  code: 'SUB_CONNECTION_LOST',
  summary:
    'The connection broke before the answer was complete; `details.outcome` says what is known of the statement.',
  mend: 'Try again when the outcome is "never sent" or "failed"; when it is "unknown", read the data first.',
  message: ({ node, outcome }) => `The connection to ${node} was lost. ${outcomes[outcome]}`,
})

/** One who holds a connection, as errors and warnings name it. */
export interface Holder {
  /** `User.findMany`, `$transaction`. */
  readonly operation: string
  /** Milliseconds. */
  readonly since: number
}

function holding(holders: readonly Holder[]): string {
  if (holders.length === 0) return 'None is held at this moment.'
  const named = holders.slice(0, 5).map(({ operation, since }) => `${operation} for ${Math.round(since)} ms`)
  const rest = holders.length - named.length
  return `Held by ${named.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}.`
}

export const timedOut = defineError<{
  node: string
  outcome: Outcome
  where: 'queue' | 'database'
  holders?: readonly Holder[]
}>({
  code: 'SUB_TIMEOUT',
  summary: "The operation's deadline, or the configured queryTimeout, passed.",
  mend: 'Give it more time, make the statement faster, or shed load earlier.',
  message({ node, outcome, where, holders }) {
    if (where === 'database')
      return `The time allowed for the operation ran out while it ran on ${node}. ${outcomes[outcome]}`
    return `The time allowed for the operation ran out before it got a connection to ${node}. ${holders ? holding(holders) : ''}`
  },
})

export const aborted = defineError<{ node: string; outcome: Outcome }>({
  code: 'SUB_ABORTED',
  summary: "The operation's AbortSignal fired.",
  mend: 'Nothing is to be mended where the abort was meant; the cause is the reason given to abort().',
  message: ({ outcome }) => `The operation was aborted. ${outcomes[outcome]}`,
})

export const poolTimeout = defineError<{
  node: string
  waited: number
  waiting: number
  max: number
  holders: readonly Holder[]
}>({
  code: 'SUB_POOL_TIMEOUT',
  summary: 'No connection became free in time; `details.holders` says who has them and since when.',
  mend: 'Shorten the longest holder, raise maxConnections if the server has room, or shed load earlier.',
  message: ({ node, waited, waiting, max, holders }) =>
    `No connection to ${node} became free within ${Math.round(waited)} ms (${max} allowed, ${waiting} callers waiting). ${holding(holders)}`,
})

export const poolFull = defineError<{ node: string; waiting: number; holders: readonly Holder[] }>({
  code: 'SUB_POOL_FULL',
  summary: 'So many callers wait for a connection that another one is turned away at once.',
  mend: 'Shed load earlier, or raise maxWaiting.',
  message: ({ node, waiting, holders }) =>
    `${waiting} callers already wait for a connection to ${node}. ${holding(holders)}`,
})

export const closed = defineError<{ node: string; outcome: Outcome }>({
  code: 'SUB_CLOSED',
  summary: 'The client was closed before the operation could run or end.',
  mend: 'Await all work before $close(), and start none after it.',
  message: ({ node, outcome }) => `The connections to ${node} are closed. ${outcomes[outcome]}`,
})

export const transactionTimeout = defineError<{ node: string; timeout: number }>({
  code: 'SUB_TRANSACTION_TIMEOUT',
  summary: 'A transaction was open for longer than its timeout, and was rolled back.',
  mend: 'Do less in it, or raise its timeout.',
  message: ({ node, timeout }) => `The transaction on ${node} was rolled back after its ${timeout} ms.`,
})

export const transactionFailed = defineError<{ node: string }>({
  code: 'SUB_TRANSACTION_FAILED',
  summary: 'COMMIT rolled back, since a statement of the transaction had failed and nobody rolled back to a savepoint.',
  mend: 'Let the error of the failed statement reach the caller, or put the statement into a nested transaction.',
  message: ({ node }) => `The transaction on ${node} was rolled back by the server when it was to commit.`,
})

export const transactionOver = defineError<{ node: string; state: string }>({
  code: 'SUB_TRANSACTION_OVER',
  summary: 'A statement was given to a transaction that has ended, or ran when it was ended.',
  mend: 'Await everything inside the transaction before it returns.',
  message: ({ node, state }) => `The transaction on ${node} is over (${state}).`,
})

export const transactionStatement = defineError<{ command: string }>({
  code: 'SUB_TRANSACTION_STATEMENT',
  summary: 'A statement that opens or ends a transaction was sent as SQL text.',
  mend: 'Use $transaction(), so that a connection is held for it.',
  message: ({ command }) => `${command} cannot be run as a statement of its own.`,
})

export const tooManyParameters = defineError<{ count: number }>({
  code: 'SUB_TOO_MANY_PARAMETERS',
  summary: 'A statement has more parameters than the protocol can count.',
  mend: 'Pass arrays and unnest() them, or split the statement.',
  message: ({ count }) => `The statement has ${count} parameters; PostgreSQL takes 65535.`,
})

export const protocolFault = defineError<{ node: string; fault: string }>({
  code: 'SUB_PROTOCOL',
  summary: 'The server answered what the protocol does not allow here; the connection was closed.',
  mend: 'Report it, with the versions of PostgreSQL and of any pooler or proxy in between.',
  message: ({ node, fault }) => `${node} broke the protocol: ${fault}.`,
})

export const driverUnsupported = defineError<{ missing: string }>({
  code: 'SUB_DRIVER_UNSUPPORTED',
  summary: 'The installed version of pg lacks something that Substrata builds on.',
  mend: 'Install the version of pg that this version of Substrata names in its dependencies.',
  message: ({ missing }) => `The installed pg has no ${missing}.`,
})

export const contextMixed = defineError<{ operation: string }>({
  code: 'SUB_CONTEXT_MIXED',
  summary: 'A transaction was given a call of another context than its own.',
  mend: 'Open one transaction per context: every call of a transaction has to come from the same client.',
  message: ({ operation }) => `${operation} has another context than the transaction that it is part of.`,
})
