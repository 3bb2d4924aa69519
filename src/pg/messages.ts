import { DatabaseError } from 'pg'
import type { Field, Row } from './statement.ts'

/** Types of the backend's messages that are met after the start. */
export const message = {
  parseComplete: 0x31,
  bindComplete: 0x32,
  closeComplete: 0x33,
  notification: 0x41,
  commandComplete: 0x43,
  dataRow: 0x44,
  error: 0x45,
  copyIn: 0x47,
  emptyQuery: 0x49,
  notice: 0x4e,
  parameterStatus: 0x53,
  rowDescription: 0x54,
  readyForQuery: 0x5a,
  noData: 0x6e,
} as const

/** Gets each whole message: its type and where its body lies. The bytes are valid during the call only. */
export type MessageSink = (type: number, bytes: Buffer, start: number, end: number) => void

/**
 * Cuts the stream into messages. A message that arrives in pieces is joined once, when its last piece is there.
 *
 * @see https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
export function createMessageReader(sink: MessageSink): (chunk: Buffer) => void {
  let pieces: Buffer[] = []
  let gathered = 0
  let needed = 0
  return (chunk) => {
    let bytes = chunk
    if (gathered > 0) {
      pieces.push(chunk)
      gathered += chunk.length
      if (gathered < needed) return
      bytes = Buffer.concat(pieces, gathered)
      pieces = []
      gathered = 0
    }
    let at = 0
    while (bytes.length - at >= 5) {
      const end = at + 1 + bytes.readUInt32BE(at + 1)
      if (end > bytes.length) break
      sink(bytes[at]!, bytes, at + 5, end)
      at = end
    }
    if (at === bytes.length) return
    const rest = bytes.subarray(at)
    pieces = [rest]
    gathered = rest.length
    needed = gathered < 5 ? 5 : 1 + rest.readUInt32BE(1)
  }
}

/** The texts of a DataRow. */
export function readRow(bytes: Buffer, start: number): Row {
  const count = (bytes[start]! << 8) | bytes[start + 1]!
  const row: Row = new Array(count)
  let at = start + 2
  for (let i = 0; i < count; i++) {
    const length = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
    at += 4
    if (length === -1) {
      row[i] = null
    } else {
      row[i] = readText(bytes, at, length)
      at += length
    }
  }
  return row
}

/** Numbers, ids and flags are short ASCII, which a loop reads faster than a native call. */
function readText(bytes: Buffer, at: number, length: number): string {
  if (length > 10) return bytes.toString('utf8', at, at + length)
  let text = ''
  for (let i = at; i < at + length; i++) {
    const byte = bytes[i]!
    if (byte > 127) return bytes.toString('utf8', at, at + length)
    text += ascii[byte]!
  }
  return text
}

const ascii = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code))

export function readFields(bytes: Buffer, start: number): Field[] {
  const count = bytes.readInt16BE(start)
  const fields: Field[] = new Array(count)
  let at = start + 2
  for (let i = 0; i < count; i++) {
    const nameEnd = bytes.indexOf(0, at)
    fields[i] = {
      name: bytes.toString('utf8', at, nameEnd),
      table: bytes.readUInt32BE(nameEnd + 1),
      column: bytes.readInt16BE(nameEnd + 5),
      type: bytes.readUInt32BE(nameEnd + 7),
      modifier: bytes.readInt32BE(nameEnd + 13),
    }
    at = nameEnd + 19
  }
  return fields
}

/** `INSERT 0 5` is the command INSERT and the count 5; `CREATE TABLE` has no count. */
export function readTag(bytes: Buffer, start: number, end: number): { command: string; count: number | undefined } {
  const tag = bytes.toString('latin1', start, end - 1)
  const lastBlank = tag.lastIndexOf(' ')
  const last = tag.charCodeAt(lastBlank + 1)
  if (lastBlank === -1 || last < 48 || last > 57) return { command: tag, count: undefined }
  const firstBlank = tag.indexOf(' ')
  return { command: tag.slice(0, firstBlank), count: Number(tag.slice(lastBlank + 1)) }
}

export function readParameter(bytes: Buffer, start: number, end: number): [name: string, value: string] {
  const nameEnd = bytes.indexOf(0, start)
  return [bytes.toString('utf8', start, nameEnd), bytes.toString('utf8', nameEnd + 1, end - 1)]
}

/** Built as pg's own class, so that code written for pg recognises it. */
export function readError(bytes: Buffer, start: number, end: number): DatabaseError {
  const fields: Record<string, string> = {}
  let at = start
  while (at < end && bytes[at] !== 0) {
    const valueEnd = bytes.indexOf(0, at + 1)
    fields[String.fromCharCode(bytes[at]!)] = bytes.toString('utf8', at + 1, valueEnd)
    at = valueEnd + 1
  }
  const error = new DatabaseError(fields.M ?? 'an error without a message', end - start, 'error')
  error.severity = fields.V ?? fields.S
  error.code = fields.C
  error.detail = fields.D
  error.hint = fields.H
  error.position = fields.P
  error.internalPosition = fields.p
  error.internalQuery = fields.q
  error.where = fields.W
  error.schema = fields.s
  error.table = fields.t
  error.column = fields.c
  error.dataType = fields.d
  error.constraint = fields.n
  error.file = fields.F
  error.line = fields.L
  error.routine = fields.R
  return error
}
