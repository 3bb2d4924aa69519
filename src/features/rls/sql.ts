/** The statements of row-level security, one function each. */
import { identifier } from '../../pg/index.ts'
import type { ModelMeta } from '../../schema/index.ts'
import { type ContextFunction, contextFunctions, type Policy, type ProtectedModel } from './protection.ts'
import { wrapContextCalls } from './wrap.ts'

/**
 * FORCE, because a table's owner is above its policies without it.
 *
 * @see https://www.postgresql.org/docs/current/ddl-rowsecurity.html
 */
export function protectTable(table: string): string {
  return `ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY`
}

export function unprotectTable(table: string): string {
  return `ALTER TABLE ${table} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY`
}

/** @see https://www.postgresql.org/docs/current/sql-createpolicy.html */
export function createPolicy(table: string, { name, command, role, using, check, permissive }: Policy): string {
  return [
    `CREATE POLICY ${identifier(name)} ON ${table}`,
    permissive ? '' : ' AS RESTRICTIVE',
    ` FOR ${command.toUpperCase()}`,
    ` TO ${role === undefined ? 'PUBLIC' : identifier(role)}`,
    using === undefined ? '' : ` USING (${wrapContextCalls(using)})`,
    check === undefined ? '' : ` WITH CHECK (${wrapContextCalls(check)})`,
  ].join('')
}

export function dropPolicy(table: string, name: string): string {
  return `DROP POLICY ${identifier(name)} ON ${table}`
}

/**
 * A function that policies read the context by. NULL where there is none: a setting that was local to an earlier transaction
 * reads as an empty string afterwards, which casts to no uuid. Every name is qualified, so that no search_path can change what
 * it means. PL/pgSQL, because the planner would write a body in SQL out into every statement, which takes it longer than the
 * call does.
 */
export function createContextFunction(qualified: string, name: ContextFunction, type: string): string {
  return [
    `CREATE OR REPLACE FUNCTION ${qualified}() RETURNS ${type}`,
    'LANGUAGE plpgsql STABLE PARALLEL SAFE AS $body$',
    `DECLARE value pg_catalog.text := pg_catalog.current_setting('${contextFunctions[name]}', true);`,
    'BEGIN',
    "  IF value OPERATOR(pg_catalog.=) '' THEN RETURN NULL; END IF;",
    '  RETURN value;',
    'END $body$',
  ].join('\n')
}

/** Columns that policies compare with the context, and that no index of the schema begins with. */
export function unindexedColumns({ model, policies }: ProtectedModel): string[] {
  const compared = policies.flatMap(({ using }) => (using === undefined ? [] : comparedColumns(model, using)))
  return [...new Set(compared)].filter((column) => !isIndexed(model, column))
}

function comparedColumns(model: ModelMeta, sql: string): string[] {
  const call = String.raw`(?:\(\s*select\s+)?(?:\w+\.)?current_(?:user|tenant)_id\s*\(\s*\)`
  return Object.values(model.fields)
    .map(({ column }) => column)
    .filter((column) => {
      const name = `(?:"${column}"|(?<![\\w"])${column}(?![\\w"]))`
      return new RegExp(`${name}\\s*=\\s*${call}|${call}\\s*\\)?\\s*=\\s*${name}`, 'i').test(sql)
    })
}

function isIndexed(model: ModelMeta, column: string): boolean {
  const leading = [
    ...Object.values(model.uniques).flatMap(({ fields, where }) => (where === undefined ? fields.slice(0, 1) : [])),
    ...(model.indexes ?? []).flatMap(({ columns, where, method }) =>
      where === undefined && (method === undefined || method === 'btree') && columns[0] ? [columns[0].field] : [],
    ),
  ]
  return leading.some((field) => model.fields[field]?.column === column)
}
