const addition = String.raw`ALTER TYPE [^\n]* ADD VALUE [^\n]*;\n?`
const block = new RegExp(String.raw`^-- AlterEnum\n(?:--[^\n]*\n|\n)*(?:${addition})+\n?`, 'gm')

/**
 * Takes the values that Prisma's engine adds to enums out of its script. PostgreSQL lets nobody use such a value before it is
 * committed: where an object of the same migration does, they must come first and be committed for themselves.
 *
 * @see https://www.postgresql.org/docs/current/sql-altertype.html
 */
export function separateEnumValues(sql: string): { values: string; rest: string } {
  const statements = [...sql.matchAll(block)].flatMap(([text]) => text.match(new RegExp(addition, 'g')) ?? [])
  if (statements.length === 0) return { values: '', rest: sql }
  const values = ['-- AlterEnum', 'BEGIN;', ...statements.map((each) => each.trim()), 'COMMIT;'].join('\n')
  return { values, rest: sql.replace(block, '') }
}
