/**
 * What somebody's own code leaves in the session that it ran in. Most of it is seen, by its text or by the server's answer, and
 * the connection is then closed. Settings that a function has made are not seen: raw SQL puts them back at its end, and what a
 * trigger has set is cleared by whoever uses the connection next.
 */
import type { Operation } from '../core/operation.ts'
import type { Connection } from './connection.ts'
import type { StatementProfile } from './profile.ts'
import type { Unit } from './unit.ts'

/** True where the session is not as it was. */
export function leavesBehind({ taints }: StatementProfile, { command, fields }: Unit): boolean {
  // A SELECT without columns is a SELECT INTO, which may have made a temporary table in front of the one of that name.
  return taints || (command === 'SELECT' && fields?.length === 0)
}

/** Whether code that is not ours may run: raw SQL, and the triggers of a write. */
export function mayTouch({ kind, model }: Operation): boolean {
  return kind !== 'read' || model === undefined
}

/** Whether a statement may have set something unseen. Only raw SQL calls functions of its writer's choice. */
export function maySetUnseen({ kind }: Operation, { calls }: StatementProfile, { pooled }: Connection): boolean {
  // Behind a pooler the settings that connections are pinned to may be the session's own, and would go with the rest.
  return kind === 'unknown' && calls && !pooled
}
