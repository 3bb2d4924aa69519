import { writeSync } from 'node:fs'

/** Writes one line as the native engine logs it: Prisma's CLI reads error codes from there. */
export function log(level: 'INFO' | 'ERROR', fields: { message: string; error_code?: string }): void {
  const target = level === 'ERROR' ? 'schema_engine::logger' : 'schema_engine'
  const line = { timestamp: new Date().toISOString(), level, fields: { is_panic: false, ...fields }, target }
  // Synchronously: the process may end right after.
  writeSync(2, `${JSON.stringify(line)}\n`)
}
