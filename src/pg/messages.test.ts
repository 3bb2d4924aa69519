import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rounds } from '../../test/rounds.ts'
import { createFrames } from './frames.ts'
import { createMessageReader, readError, readFields, readRow, readTag } from './messages.ts'

const runs = { numRuns: rounds(200, 5_000) }

function messageOf(type: number, body: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head[0] = type
  head.writeUInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

function rowBody(values: readonly (string | null)[]): Buffer {
  const parts = [Buffer.from([values.length >> 8, values.length & 255])]
  for (const value of values) {
    const bytes = value === null ? undefined : Buffer.from(value)
    const length = Buffer.alloc(4)
    length.writeInt32BE(bytes?.length ?? -1)
    parts.push(length, bytes ?? Buffer.alloc(0))
  }
  return Buffer.concat(parts)
}

/** Text that UTF-8 can carry. */
const text = fc.string({ unit: 'grapheme', maxLength: 60 })

describe('the reader', () => {
  it('finds the same messages however the stream is cut', () => {
    const message = fc.tuple(fc.integer({ min: 1, max: 255 }), fc.uint8Array({ maxLength: 300 }))
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 20 }),
        fc.array(fc.integer({ min: 1, max: 200 })),
        (messages, cuts) => {
          const stream = Buffer.concat(messages.map(([type, body]) => messageOf(type, Buffer.from(body))))
          const found: [number, Uint8Array][] = []
          const read = createMessageReader((type, bytes, start, end) => {
            found.push([type, Uint8Array.from(bytes.subarray(start, end))])
          })
          let at = 0
          for (const cut of cuts) {
            read(stream.subarray(at, at + cut))
            at += cut
          }
          read(stream.subarray(at))
          expect(found).toEqual(messages)
        },
      ),
      runs,
    )
  })

  it('reads the values of a row, nulls and every script among them', () => {
    fc.assert(
      fc.property(fc.array(fc.option(text), { maxLength: 20 }), (values) => {
        expect(readRow(rowBody(values), 0)).toEqual(values)
      }),
      runs,
    )
  })

  it.each([
    ['INSERT 0 5', { command: 'INSERT', count: 5 }],
    ['SELECT 12', { command: 'SELECT', count: 12 }],
    ['CREATE TABLE', { command: 'CREATE TABLE', count: undefined }],
    ['BEGIN', { command: 'BEGIN', count: undefined }],
    ['MERGE 3', { command: 'MERGE', count: 3 }],
  ])('reads the tag %s', (tag, expected) => {
    const bytes = Buffer.from(`${tag}\0`)
    expect(readTag(bytes, 0, bytes.length)).toEqual(expected)
  })

  it('reads fields and errors', () => {
    const field = Buffer.concat([Buffer.from([0, 1]), Buffer.from('name\0'), Buffer.alloc(18)])
    field.writeUInt32BE(4_000_000_000, 2 + 5 + 6)
    expect(readFields(field, 0)).toEqual([{ name: 'name', table: 0, column: 0, type: 4_000_000_000, modifier: 0 }])
    const error = Buffer.from('SFEHLER\0VERROR\0C23505\0Mno\0nkey\0\0')
    expect(readError(error, 0, error.length)).toMatchObject({ severity: 'ERROR', code: '23505', constraint: 'key' })
  })
})

describe('the writer', () => {
  it('writes parameters that the protocol gives back unchanged', () => {
    const value = fc.oneof(text, fc.constant(null), fc.uint8Array({ maxLength: 50 }), fc.string({ minLength: 33 }))
    fc.assert(
      fc.property(fc.array(value, { maxLength: 30 }), (values) => {
        const frames = createFrames()
        frames.bind('name', values)
        const bytes = frames.take()
        expect(bytes.readUInt32BE(1)).toBe(bytes.length - 1)
        const formats = values.map((_, i) => bytes.readInt16BE(5 + 1 + 5 + 2 + 2 * i))
        expect(formats).toEqual(values.map((one) => (one === null || typeof one === 'string' ? 0 : 1)))
        const body = bytes.subarray(5 + 1 + 5 + 2 + 2 * values.length)
        const decoded = readRow(Buffer.from(body), 0)
        for (const [i, one] of values.entries())
          if (one instanceof Uint8Array) expect(decoded[i]).toBe(Buffer.from(one).toString('utf8'))
          else expect(decoded[i]).toBe(one === null ? null : Buffer.from(one).toString('utf8'))
      }),
      runs,
    )
  })

  it('grows with what is written, and can take it back', () => {
    const frames = createFrames()
    const long = 'ü'.repeat(100_000)
    frames.parse('a', long)
    const { length } = frames
    frames.query('dropped')
    frames.truncate(length)
    frames.sync()
    const bytes = frames.take()
    expect(bytes.length).toBe(length + 5)
    expect(bytes.toString('utf8', 7, 7 + 200_000)).toBe(long)
    expect(frames.length).toBe(0)
  })
})
