import type { Client } from 'pg'

/** One object needs another. `sub` is a column's number, or 0 for the whole. */
interface Dependency {
  readonly class: number
  readonly object: number
  readonly sub: number
  readonly on: Address
}

interface Address {
  readonly class: number
  readonly object: number
  readonly sub: number
}

interface Row extends Address {
  readonly refclass: number
  readonly refobject: number
  readonly refsub: number
}

/**
 * Who needs whom, from pg_depend. The rule behind a view counts as the view, the expression behind a generated column as the
 * column.
 *
 * @see https://www.postgresql.org/docs/current/catalog-pg-depend.html
 */
export async function readDependencies(client: Client): Promise<Dependency[]> {
  const { rows } = await client.query<Row>(
    `SELECT CASE WHEN r.oid IS NULL AND a.oid IS NULL THEN d.classid ELSE 'pg_class'::regclass::oid END AS class,
            coalesce(r.ev_class, a.adrelid, d.objid) AS object,
            CASE WHEN r.oid IS NULL THEN coalesce(a.adnum::int, d.objsubid) ELSE 0 END AS sub,
            d.refclassid AS refclass, d.refobjid AS refobject, d.refobjsubid AS refsub
       FROM pg_depend d
       LEFT JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
       LEFT JOIN pg_attrdef a ON d.classid = 'pg_attrdef'::regclass AND a.oid = d.objid
      WHERE d.deptype IN ('n', 'a') AND d.refobjid >= 16384`,
  )
  return rows.map(({ class: own, object, sub, refclass, refobject, refsub }) => ({
    class: own,
    object,
    sub,
    on: { class: refclass, object: refobject, sub: refsub },
  }))
}

/** Everything that needs one of the given objects, directly or through others; those themselves are not among it. */
export function dependentsOf(given: readonly Address[], dependencies: readonly Dependency[]): Set<string> {
  const found = new Set<string>()
  let next = [...given]
  while (next.length > 0) {
    const reached = next
    next = []
    for (const { class: own, object, sub, on } of dependencies) {
      const dependent = { class: own, object, sub }
      if (found.has(addressKey(dependent)) || !reached.some((each) => covers(each, on) && !covers(each, dependent)))
        continue
      found.add(addressKey(dependent))
      next.push(dependent)
    }
  }
  return found
}

/** A whole covers its columns; a column covers itself only. */
function covers(whole: Address, part: Address): boolean {
  return whole.class === part.class && whole.object === part.object && (whole.sub === 0 || whole.sub === part.sub)
}

export function addressKey({ class: own, object, sub }: Address): string {
  return `${own}.${object}.${sub}`
}
