import type { Client } from 'pg'
import { identifier } from '../../../pg/sql.ts'
import type { SchemaMeta } from '../../../schema/index.ts'
import type { Names } from '../../objects/index.ts'
import type { Step } from '../script.ts'
import { joinTables } from './levels.ts'
import type { Rename } from './rename.ts'

/**
 * What the renames of models mean for the tables of implicit many-to-many relations, of which Prisma's engine knows nothing more
 * than their columns, A and B in the order of the models' names: where that order changes, the two change places; and the foreign
 * keys get the names that new ones would have.
 */
export async function joinTableSteps(
  client: Client,
  { schema, names, renames }: { schema: SchemaMeta; names: Names; renames: readonly Rename[] },
): Promise<Step[]> {
  const models = Object.values(schema.models).filter((each) => !each.view)
  const joins = new Map(models.flatMap((each) => joinTables(each, schema, names)).map((each) => [each.name, each]))
  const steps: Step[] = []
  for (const { schema: own, name, columns } of joins.values()) {
    const [a, b] = ['A', 'B'].map((side) => schema.models[columns.find((each) => each.name === side)?.model ?? ''])
    const foreignKeys = await readForeignKeys(client, identifier(own, name))
    const target = b && `${b.schema ?? names.defaultSchema}.${b.table}`
    const swapped = a !== b && foreignKeys.some(({ column, references }) => column === 'A' && references === target)
    const renamed = renames.some(({ what, to }) => what === 'model' && to === name)
    if (!swapped && !renamed) continue
    const statements: string[] = []
    const alter = `ALTER TABLE ${names.qualify(own, name)} RENAME`
    if (swapped)
      statements.push(`${alter} COLUMN "A" TO "_A"`, `${alter} COLUMN "B" TO "A"`, `${alter} COLUMN "_A" TO "B"`)
    // By way of names that nothing else has: two keys may change names with each other.
    const keys = foreignKeys.map(({ column, key }) => ({ key, side: swapped === (column === 'A') ? 'B' : 'A' }))
    for (const { key, side } of keys)
      statements.push(`${alter} CONSTRAINT ${identifier(key)} TO ${identifier(`${name}_${side}_new`)}`)
    for (const { side } of keys)
      statements.push(
        `${alter} CONSTRAINT ${identifier(`${name}_${side}_new`)} TO ${identifier(`${name}_${side}_fkey`)}`,
      )
    if (statements.length > 0) steps.push({ title: 'RenameJoinTable', statements })
  }
  return steps
}

async function readForeignKeys(
  client: Client,
  table: string,
): Promise<{ key: string; column: string; references: string }[]> {
  const { rows } = await client.query<{ key: string; column: string; references: string }>(
    `SELECT c.conname AS key, a.attname AS column, n.nspname || '.' || t.relname AS references
       FROM pg_constraint c
       JOIN pg_attribute a ON a.attrelid = c.conrelid AND c.conkey = ARRAY[a.attnum]
       JOIN pg_class t ON t.oid = c.confrelid
       JOIN pg_namespace n ON n.oid = t.relnamespace
      WHERE c.conrelid = to_regclass($1) AND c.contype = 'f' AND a.attname IN ('A', 'B')`,
    [table],
  )
  return rows
}
