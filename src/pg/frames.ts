import type { WireValue } from './statement.ts'

/**
 * Messages of the frontend, written one behind the other into one buffer, so that whatever is asked within one turn of
 * the event loop leaves in one packet.
 *
 * @see https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
export interface Frames {
  /** Bytes waiting to be sent. */
  readonly length: number
  parse(name: string, text: string): void
  /** Results are asked for as text. A Uint8Array is sent as binary, anything else as text. */
  bind(name: string, values: readonly WireValue[]): void
  describe(kind: 'S' | 'P', name: string): void
  /** Runs the unnamed portal to its end. */
  execute(): void
  /** All data of a COPY, and its end. */
  copy(data: Uint8Array): void
  closeStatement(name: string): void
  sync(): void
  query(text: string): void
  append(bytes: Uint8Array): void
  /** Drops what was written after `length`: for a unit that could not be written whole. */
  truncate(length: number): void
  /** The bytes so far; the writer starts anew. */
  take(): Buffer
}

const initialSize = 16 * 1024
/** Up to this, a copy out of Node's pool is cheaper than another buffer. */
const smallSize = 4 * 1024
const code = {
  parse: 0x50,
  bind: 0x42,
  describe: 0x44,
  execute: 0x45,
  close: 0x43,
  sync: 0x53,
  query: 0x51,
  copyData: 0x64,
}
const copyDone = Buffer.from([0x63, 0, 0, 0, 4])
const executeUnnamed = Buffer.from([code.execute, 0, 0, 0, 9, 0, 0, 0, 0, 0])
const syncMessage = Buffer.from([code.sync, 0, 0, 0, 4])

export function createFrames(): Frames {
  let buffer = Buffer.allocUnsafe(initialSize)
  let at = 0

  function reserve(size: number): void {
    if (buffer.length - at >= size) return
    const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, at + size))
    buffer.copy(larger, 0, 0, at)
    buffer = larger
  }

  function int16(value: number): void {
    buffer[at] = value >>> 8
    buffer[at + 1] = value
    at += 2
  }

  function int32At(position: number, value: number): void {
    buffer[position] = value >>> 24
    buffer[position + 1] = value >>> 16
    buffer[position + 2] = value >>> 8
    buffer[position + 3] = value
  }

  /** Writes UTF-8 and returns its length. Short ASCII is the rule, and a loop writes it faster than a native call. */
  function text(value: string): number {
    const { length } = value
    reserve(length > 65_536 ? Buffer.byteLength(value) + 8 : length * 3 + 8)
    if (length > 32) return advance(buffer.write(value, at, 'utf8'))
    for (let i = 0; i < length; i++) {
      const unit = value.charCodeAt(i)
      if (unit > 127) return advance(buffer.write(value, at, 'utf8'))
      buffer[at + i] = unit
    }
    return advance(length)
  }

  function advance(length: number): number {
    at += length
    return length
  }

  function zeroEnded(value: string): void {
    text(value)
    reserve(1)
    buffer[at++] = 0
  }

  function begin(type: number): number {
    reserve(5)
    buffer[at] = type
    at += 5
    return at - 4
  }

  function end(lengthAt: number): void {
    int32At(lengthAt, at - lengthAt)
  }

  function value(of: WireValue): void {
    reserve(4)
    const lengthAt = at
    at += 4
    if (of === null) {
      int32At(lengthAt, 0xffffffff)
      return
    }
    if (typeof of === 'string') {
      int32At(lengthAt, text(of))
      return
    }
    reserve(of.length)
    buffer.set(of, at)
    at += of.length
    int32At(lengthAt, of.length)
  }

  function append(bytes: Uint8Array): void {
    reserve(bytes.length)
    buffer.set(bytes, at)
    at += bytes.length
  }

  function handOver(): Buffer {
    const bytes = buffer.subarray(0, at)
    buffer = Buffer.allocUnsafe(initialSize)
    return bytes
  }

  return {
    get length() {
      return at
    },
    parse(name, sql) {
      const lengthAt = begin(code.parse)
      zeroEnded(name)
      zeroEnded(sql)
      reserve(2)
      int16(0)
      end(lengthAt)
    },
    bind(name, values) {
      const lengthAt = begin(code.bind)
      zeroEnded('')
      zeroEnded(name)
      const count = values.length
      reserve(4 + count * 2)
      int16(count)
      for (let i = 0; i < count; i++) int16(values[i] === null || typeof values[i] === 'string' ? 0 : 1)
      int16(count)
      for (let i = 0; i < count; i++) value(values[i]!)
      reserve(2)
      int16(0)
      end(lengthAt)
    },
    describe(kind, name) {
      const lengthAt = begin(code.describe)
      buffer[at++] = kind.charCodeAt(0)
      zeroEnded(name)
      end(lengthAt)
    },
    execute: () => append(executeUnnamed),
    copy(data) {
      const lengthAt = begin(code.copyData)
      append(data)
      end(lengthAt)
      append(copyDone)
    },
    closeStatement(name) {
      const lengthAt = begin(code.close)
      buffer[at++] = 0x53
      zeroEnded(name)
      end(lengthAt)
    },
    sync: () => append(syncMessage),
    query(sql) {
      const lengthAt = begin(code.query)
      zeroEnded(sql)
      end(lengthAt)
    },
    append,
    truncate(length) {
      at = length
    },
    take() {
      const bytes = at < smallSize ? Buffer.from(buffer.subarray(0, at)) : handOver()
      at = 0
      return bytes
    },
  }
}
