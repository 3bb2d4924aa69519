/** What can stand for a parameter on the wire: text, bytes (sent in binary format) or null. */
export type WireValue = string | Uint8Array | null

/** One SQL statement with its parameters. */
export interface Statement {
  /** SQL with `$1`, `$2` … */
  readonly text: string
  readonly values: readonly WireValue[]
  /** False for SQL that will not come again: it is neither named nor kept on the server. Default true. */
  readonly reusable?: boolean
  /** For `COPY … FROM STDIN`: the data, whole. It follows the statement at once, under the same Sync. */
  readonly copy?: Uint8Array
}

/** A column of a result, as PostgreSQL describes it. */
export interface Field {
  readonly name: string
  /** OID of the column's type; `pg.types.builtins` has the names. */
  readonly type: number
  /** Type modifier (length, precision), -1 where there is none. */
  readonly modifier: number
  /** OID of the table that the column was read from, 0 for an expression. */
  readonly table: number
  /** Attribute number in that table, 0 for an expression. */
  readonly column: number
}

/** A row as PostgreSQL sent it: one text, or null, per field. Decoding is the caller's. */
export type Row = (string | null)[]

export interface Result {
  readonly fields: readonly Field[]
  readonly rows: Row[]
  /** The command tag without its count: `SELECT`, `INSERT`, `CREATE TABLE`; empty for an empty statement. */
  readonly command: string
  /** Rows returned or affected, where the command counts them. */
  readonly count: number | undefined
}
