import { readTag } from './messages.ts'
import type { Field } from './statement.ts'
import type { Unit } from './unit.ts'

/** Takes the end of a command: of one that stands around the unit's statement, or of the statement itself. */
export function completeCommand(unit: Unit, bytes: Buffer, start: number, end: number): void {
  if (unit.ahead > 0) {
    unit.ahead--
    return
  }
  if (unit.completed) return
  const tag = readTag(bytes, start, end)
  unit.command = tag.command
  unit.count = tag.count
  unit.completed = true
}

/** Takes the columns of the statement's result, for it and for those that will use the same prepared statement. */
export function describe(unit: Unit, fields: readonly Field[]): void {
  if (unit.simple) return
  unit.fields = fields
  if (unit.prepared !== undefined) unit.prepared.fields = fields
}
