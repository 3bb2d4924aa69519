/** A session on the database, as pg_stat_activity tells it. */
export interface OpenConnection {
  readonly pid: number
  readonly role: string
  /** `application_name`; empty where none was set. */
  readonly application: string
  /** For example `idle` or `idle in transaction`. */
  readonly state: string
  /** The last statement; may hold literals. */
  readonly query: string
}

/** One line for a person. */
export function describeConnection({ pid, role, application, state, query }: OpenConnection): string {
  const statement = query.replace(/\s+/g, ' ').trim().slice(0, 200)
  return `process ${pid}, role ${role}, application_name "${application}", ${state}, last statement: ${statement || 'none'}`
}
