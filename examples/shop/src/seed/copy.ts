import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Client } from 'pg'
import { escapeIdentifier } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { Value } from './rows.ts'
import type { SeedTable } from './tables.ts'

/** Bytes, about, that are sent at a time. */
const CHUNK = 64 * 1024

export interface CopyOptions {
  /** Told how many more steps have been handed to PostgreSQL. */
  onSteps: (steps: number) => void
  signal: AbortSignal
  /** Characters that are sent at a time; the rows do not depend on it. */
  chunk?: number
}

/**
 * Writes a table by COPY in text format. Rows are made only as fast as PostgreSQL takes them.
 *
 * FREEZE (the table was emptied in this transaction) spares the first readers the work of setting hint bits.
 * See https://www.postgresql.org/docs/current/sql-copy.html.
 */
export async function copyTable(client: Client, table: SeedTable, options: CopyOptions): Promise<void> {
  const columns = table.columns.map(escapeIdentifier).join(', ')
  const target = client.query(copyFrom(`COPY ${escapeIdentifier(table.name)} (${columns}) FROM STDIN WITH (FREEZE)`))
  const source = Readable.from(chunks(table, options), { objectMode: true, highWaterMark: 2 })
  await pipeline(source, target, { signal: options.signal }).catch((error: unknown) => {
    options.signal.throwIfAborted()
    throw error
  })
}

function* chunks(table: SeedTable, { onSteps, chunk = CHUNK }: CopyOptions): Generator<Buffer> {
  let lines = ''
  let steps = 0
  for (let step = 0; step < table.steps; step++) {
    for (const row of table.rows(step)) lines += `${row.map(encode).join('\t')}\n`
    steps++
    if (lines.length < chunk) continue
    yield Buffer.from(lines)
    onSteps(steps)
    lines = ''
    steps = 0
  }
  if (lines !== '') yield Buffer.from(lines)
  onSteps(steps)
}

function encode(value: Value): string {
  if (value === null) return '\\N'
  if (value instanceof Date) return value.toISOString()
  if (typeof value === 'boolean') return value ? 't' : 'f'
  if (typeof value === 'number') return String(value)
  return value.replace(/[\\\t\n\r]/g, (character) => escapes[character]!)
}

const escapes: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }
