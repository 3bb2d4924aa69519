/** A compiled call: one statement, the way to its values, and the way back from its rows. */
import type { Statement } from '../pg/statement.ts'
import type { Arguments } from './call.ts'

/** A row as it comes off the wire: text or null per column. */
export type WireRow = readonly (string | null)[]

export interface CompiledBase {
  readonly text: string
  /** The statements of a call whose rows are not one statement of this text; undefined where they are. */
  readonly split?: (args: Arguments) => readonly Statement[] | undefined
  /** True where the answer needs no statement at all (`take: 0`). */
  readonly empty?: boolean
}

/** What a compile function returns: the SQL and how its rows become the result. */
export type Compiled =
  /** At most one object. */
  | (CompiledBase & { readonly result: 'one'; readonly read: (row: WireRow) => unknown })
  /** A list; `backwards` where the rows arrive from the far end. */
  | (CompiledBase & { readonly result: 'many'; readonly read: (row: WireRow) => unknown; readonly backwards: boolean })
  /** How many rows were written. */
  | (CompiledBase & { readonly result: 'count' })

/** A statement that serves every call of one shape. */
export interface Plan {
  readonly text: string
  /** The statement's values, in PostgreSQL's text format. Throws Uncovered for values that are Prisma's. */
  readonly bind: (args: Arguments) => (string | null)[]
  /**
   * The statements of a call that is not one of `text`, to be run in this order as one transaction; undefined where it is.
   * Their rows and counts together are what `decode` takes. Throws Uncovered as `bind` does.
   */
  readonly split?: (args: Arguments) => readonly Statement[] | undefined
  /** The call's result. `null` where a single row was asked for and none is there. */
  readonly decode: (rows: readonly WireRow[], count?: number) => unknown
  /** True where the result is known without asking the database. */
  readonly empty: boolean
}

export function planOf(compiled: Compiled, bind: Plan['bind']): Plan {
  const { text, empty = false, split } = compiled
  return { text, bind, decode: decoderOf(compiled), empty, ...(split && { split }) }
}

function decoderOf(compiled: Compiled): Plan['decode'] {
  if (compiled.result === 'count') return (_, count) => ({ count })
  const { read } = compiled
  if (compiled.result === 'one') return (rows) => (rows[0] === undefined ? null : read(rows[0]))
  if (compiled.backwards) return (rows) => rows.map((row) => read(row)).reverse()
  return (rows) => rows.map((row) => read(row))
}
