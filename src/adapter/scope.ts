import { AsyncLocalStorage } from 'node:async_hooks'
import type { Operation } from '../core/operation.ts'
import type { Transaction } from '../pg/session.ts'
import type { Result } from '../pg/statement.ts'

/** What the database has said to a statement. */
export type Answer = { readonly failure: unknown } | { readonly result: Result }

/**
 * What a call through Prisma's runtime carries down to the adapter. It is bound below Prisma's data loader, around each
 * request to its engine: above it, whatever the loader merges would run as the first caller of its tick.
 */
export interface Scope {
  readonly operation: Operation
  /** Turns a statement's failure into what the caller is told, before Prisma sees it. */
  readonly explain?: (error: unknown, text: string) => unknown
  /** The adapter puts the transaction here that Prisma has begun, for whoever bound the scope. */
  begun?: Transaction
  /**
   * Instead of running a statement, answer as the database already has. The direct path uses it to have Prisma itself put
   * a database error into its own words, or read rows that are not for us to read, without asking the database twice.
   */
  readonly answer?: Answer
}

/** The scope of the running engine request. */
export const scopes = new AsyncLocalStorage<Scope>()
