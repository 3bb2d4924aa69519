import type { SqlQueryInput, SqlQueryOutput } from '@prisma/schema-engine-wasm'
import type { Client } from 'pg'
import { parseDocumentation } from './documentation.ts'
import { nullableOutputs } from './nullability.ts'
import { describeStatement, type StatementColumn } from './statement.ts'
import { typeNames } from './types.ts'

/**
 * Finds the types of a query's parameters and columns without running it: what `prisma generate --sql` needs. A column counts
 * as not null only if it is a NOT NULL column of a table that no outer join can leave empty.
 */
export async function describeQuery(client: Client, { name, source }: SqlQueryInput): Promise<SqlQueryOutput> {
  const statement = await describeStatement(client, source)
  const types = await typeNames(client, [...statement.parameters, ...statement.columns.map(({ type }) => type)])
  const required = await requiredColumns(client, statement.columns)
  const nullable = await nullableOutputs(client, source, statement.parameters.length)
  const documented = parseDocumentation(source)
  return {
    name,
    source,
    documentation: documented.text,
    parameters: statement.parameters.map((oid, index) => {
      const parameter = documented.parameters.get(index + 1)
      return {
        name: parameter?.name ?? `_${index}`,
        typ: parameter?.type ?? types.get(oid) ?? 'unknown',
        documentation: parameter?.text ?? null,
        nullable: parameter?.nullable ?? false,
      }
    }),
    resultColumns: statement.columns.map((column, index) => ({
      name: column.name,
      typ: types.get(column.type) ?? 'unknown',
      nullable: nullable.has(index) || !required.has(columnKey(column)),
    })),
  }
}

async function requiredColumns(client: Client, columns: readonly StatementColumn[]): Promise<Set<string>> {
  const { rows } = await client.query<{ table: number; column: number }>(
    `SELECT attrelid AS table, attnum AS column FROM pg_attribute
     WHERE attnotnull AND attrelid = ANY ($1::oid[])`,
    [columns.map(({ table }) => table)],
  )
  return new Set(rows.map(columnKey))
}

function columnKey({ table, column }: { table: number; column: number }): string {
  return `${table}.${column}`
}
