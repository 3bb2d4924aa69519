import { type DeclaredObject, keyOf, type ObjectName, type PresentObject } from '../objects/index.ts'

/** What declared objects mean for those that are there. */
export interface Matching {
  /** There, as declared. */
  readonly kept: readonly Pair[]
  /** There, as declared before something was renamed: the same object, under new names. */
  readonly following: readonly Pair[]
  readonly missing: readonly DeclaredObject[]
  /** Made from a declaration that is no more. */
  readonly stale: readonly PresentObject[]
}

export interface Pair {
  readonly declared: DeclaredObject
  readonly present: PresentObject
}

/**
 * Compares by name and hash.
 *
 * @param before - The same declarations with the names from before the renames, one for one.
 */
export function matchObjects(
  declared: readonly DeclaredObject[],
  before: readonly DeclaredObject[],
  present: readonly PresentObject[],
): Matching {
  const marked = new Set(present.filter((each) => each.mark))
  const kept: Pair[] = []
  const following: Pair[] = []
  const missing: DeclaredObject[] = []
  const take = (test: (each: PresentObject) => boolean): PresentObject | undefined => {
    const found = [...marked].find(test)
    if (found) marked.delete(found)
    return found
  }
  for (const [index, each] of declared.entries()) {
    const same = take((other) => isSame(other, each))
    const earlier = before[index]
    const followed = same || earlier === undefined ? undefined : take((other) => isFollowing(other, each, earlier))
    if (same) kept.push({ declared: each, present: same })
    else if (followed) following.push({ declared: each, present: followed })
    else missing.push(each)
  }
  // CREATE TABLE … (LIKE … INCLUDING COMMENTS) copies marks: what has the mark of another is made by hand.
  const known = new Set([...kept, ...following].map((each) => each.present.mark?.hash))
  return { kept, following, missing, stale: [...marked].filter((each) => !known.has(each.mark?.hash)) }
}

/** A declared function has no name yet. */
function isSame(present: PresentObject, declared: DeclaredObject): boolean {
  if (present.kind !== declared.kind || present.mark?.hash !== declared.hash) return false
  return declared.kind === 'function' || keyOf(present) === keyOf(declared)
}

/** The output of a view has the names of its columns: it is made anew. */
function isFollowing(present: PresentObject, declared: DeclaredObject, before: DeclaredObject): boolean {
  if (present.kind !== declared.kind || present.mark?.hash !== before.hash) return false
  if (declared.kind === 'function' || declared.kind === 'materialized view') return false
  const place: ObjectName = { ...declared.name, name: present.name.name }
  const names = declared.kind === 'generated column' ? [declared.name.name] : [declared.name.name, before.name.name]
  return keyOf({ ...present, name: place }) === keyOf(present) && names.includes(present.name.name)
}
