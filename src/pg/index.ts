export { createSession } from './create-session.ts'
export { isDatabaseError, isDataException, type Outcome } from './errors.ts'
export type {
  IsolationLevel,
  LentClient,
  Session,
  SessionOptions,
  SessionStats,
  Transaction,
  TransactionOptions,
} from './session.ts'
export { identifier, literal } from './sql.ts'
export { sqlStateOf } from './sql-state.ts'
export type { Field, Result, Row, Statement, WireValue } from './statement.ts'
export { withClient } from './with-client.ts'
