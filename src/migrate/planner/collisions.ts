import type { SchemaMeta } from '../../schema/index.ts'
import { type DeclaredObject, keyOf, kindOf, type Names, type PresentObject } from '../objects/index.ts'
import { nameTwice, objectNotOurs } from './errors.ts'
import { markStatement } from './script.ts'
import { declaredIndexes } from './strip.ts'

/** @throws SUB_OBJECT_NAMED_TWICE */
export function refuseSameNames(declared: readonly DeclaredObject[], schema: SchemaMeta, names: Names): void {
  const prismas = declaredIndexes(schema, names)
  const seen = new Map<string, DeclaredObject>()
  for (const each of declared) {
    const other = seen.get(keyOf(each))
    const object = `${each.kind} ${each.name.name}`
    if (other) throw nameTwice({ object, origins: [other.origin, each.origin] })
    if (each.kind === 'index' && prismas.has(JSON.stringify([each.name.schema, each.name.name])))
      throw nameTwice({ object, origins: ['a key or @@index of Prisma’s', each.origin] })
    seen.set(keyOf(each), each)
  }
}

/**
 * Functions whose names are known, those that are there as declared and those that were made.
 *
 * @throws SUB_OBJECT_NAMED_TWICE
 */
export function refuseSameFunctions(functions: readonly DeclaredObject[]): void {
  const seen = new Map<string, DeclaredObject>()
  for (const each of functions) {
    const other = seen.get(keyOf(each))
    if (other) throw nameTwice({ object: `function ${each.name.name}`, origins: [other.origin, each.origin] })
    seen.set(keyOf(each), each)
  }
}

/**
 * What Prisma's engine takes care of is not in the way: it is dropped where the schema does not declare it.
 *
 * @throws SUB_OBJECT_NOT_OURS
 */
export function refuseHandMade(
  missing: readonly DeclaredObject[],
  present: readonly PresentObject[],
  names: Names,
): void {
  const handMade = new Map(present.filter(({ mark, prisma }) => !mark && !prisma).map((each) => [keyOf(each), each]))
  const objects = missing.flatMap((declared) => {
    const other = handMade.get(keyOf(declared))
    if (other === undefined) return []
    return [{ object: kindOf(other).target(other.name, names), comment: markStatement(declared, other.name, names) }]
  })
  if (objects.length > 0) throw objectNotOurs({ objects })
}
