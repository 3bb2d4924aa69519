import type { Client } from 'pg'
import { identifier } from '../../pg/sql.ts'
import { readTables } from '../catalogue/index.ts'
import { type DeclaredObject, kindOf, type Names, type PresentObject } from '../objects/index.ts'
import type { Step } from './script.ts'

/**
 * The columns, generated or plain, that stand where generated ones are to be added: PostgreSQL makes no column a generated one,
 * so these are dropped.
 */
export async function columnsInTheWay(client: Client, added: readonly DeclaredObject[]): Promise<PresentObject[]> {
  if (added.length === 0) return []
  const tables = await readTables(client)
  const { rows } = await client.query<{ class: number }>(`SELECT 'pg_class'::regclass::oid AS class`)
  const classId = rows[0]?.class ?? 0
  return added.flatMap(({ kind, name }) => {
    const table = tables.find((each) => each.schema === name.schema && each.name === name.table)
    const column = table?.columns.find((each) => each.name === name.name)
    if (table === undefined || column === undefined) return []
    const address = { class: classId, object: table.oid, sub: column.number }
    return [{ kind, name, address, on: table.oid, prisma: false }]
  })
}

/** A generated column becomes a plain one and keeps its values. */
export function releaseStep(column: PresentObject, names: Names): Step {
  const { schema, table = '', name } = column.name
  return {
    title: 'ReleaseGeneratedColumn',
    statements: [
      `ALTER TABLE ${names.qualify(schema, table)} ALTER COLUMN ${identifier(name)} DROP EXPRESSION`,
      `COMMENT ON ${kindOf(column).target(column.name, names)} IS NULL`,
    ],
  }
}
