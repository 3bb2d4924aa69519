import type { DescribedObject } from '../catalogue/index.ts'
import { databaseDrifted } from './errors.ts'

/**
 * Compares the development database with what its migrations make, in the schemas that those know.
 *
 * @throws SUB_DATABASE_DRIFTED
 */
export function refuseDrift(
  database: readonly DescribedObject[],
  history: readonly DescribedObject[],
  schemas: ReadonlySet<string>,
): void {
  const known = new Set([...schemas, ...history.map(({ schema }) => schema)])
  const actual = definitionsOf(database.filter(({ schema }) => known.has(schema)))
  const expected = definitionsOf(history)
  const added = [...actual.keys()].filter((each) => !expected.has(each))
  const missing = [...expected.keys()].filter((each) => !actual.has(each))
  const changed = [...actual].filter(([each, definition]) => expected.has(each) && expected.get(each) !== definition)
  if (added.length + missing.length + changed.length > 0)
    throw databaseDrifted({ added, missing, changed: changed.map(([each]) => each) })
}

function definitionsOf(objects: readonly DescribedObject[]): Map<string, string> {
  return new Map(objects.map(({ schema, object, definition }) => [`${object} (${schema})`, definition]))
}
