import { type Client, DatabaseError } from 'pg'
import { readTables, type TableShape } from '../catalogue/index.ts'
import { lineAt, openEngine } from '../engine/index.ts'
import type { ObjectAddress } from '../objects/index.ts'
import type { Datamodel } from './datamodel.ts'
import { separateEnumValues } from './enum-values.ts'
import { planRefused } from './errors.ts'
import type { Shadow } from './replay.ts'

/** What Prisma's engine makes of a changed datamodel. */
export interface ModelChanges {
  /** Empty when nothing changed. */
  readonly sql: string
  /** The columns that it drops, or gives another type. */
  readonly columns: readonly ObjectAddress[]
  /** The tables that it drops, by oid. */
  readonly tables: ReadonlySet<number>
}

/** Compares a stripped shadow database with the datamodel, and brings it there. */
export async function changeModels(shadow: Shadow, datamodel: Datamodel): Promise<ModelChanges> {
  const sql = await diff(shadow.url, datamodel)
  if (sql === '') return { sql, columns: [], tables: new Set() }
  const before = await readTables(shadow.client)
  const { values, rest } = separateEnumValues(sql)
  await runScript(shadow.client, values)
  await runScript(shadow.client, rest)
  const after = new Map((await readTables(shadow.client)).map((table) => [table.oid, table]))
  const { rows } = await shadow.client.query<{ class: number }>(`SELECT 'pg_class'::regclass::oid AS class`)
  const classId = rows[0]?.class ?? 0
  return {
    sql,
    columns: before.flatMap((table) =>
      changedColumns(table, after.get(table.oid)).map((sub) => ({ class: classId, object: table.oid, sub })),
    ),
    tables: new Set(before.filter(({ oid }) => !after.has(oid)).map(({ oid }) => oid)),
  }
}

async function diff(url: string, { files, complete }: Datamodel): Promise<string> {
  await using engine = await openEngine({ url, schema: files })
  const { sql } = await engine.diff({ kind: 'database' }, { kind: 'schema' })
  return complete(sql.trim())
}

function changedColumns(before: TableShape, after: TableShape | undefined): number[] {
  return before.columns
    .filter(({ number, type, typeId }) => {
      const same = after?.columns.find((each) => each.number === number)
      return same === undefined || same.type !== type || same.typeId !== typeId
    })
    .map(({ number }) => number)
}

/**
 * Runs a whole script as a migration is run.
 *
 * @throws SUB_MIGRATION_PLAN_REFUSED
 */
export async function runScript(client: Client, script: string): Promise<void> {
  try {
    await client.query(script)
  } catch (cause) {
    if (!(cause instanceof DatabaseError)) throw cause
    const line = cause.position === undefined ? undefined : lineAt(script, Number(cause.position))
    const reason = [cause.message, cause.detail].filter(Boolean).join(': ')
    throw planRefused({ sqlState: cause.code ?? '', reason, line, script }, { cause })
  }
}
