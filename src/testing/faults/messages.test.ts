import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { rounds } from '../../../test/rounds.ts'
import { type Splitter, splitBackend, splitFrontend } from './messages.ts'

const typed = (type: string, body: Uint8Array): Buffer => {
  const head = Buffer.alloc(5)
  head.write(type, 'latin1')
  head.writeInt32BE(4 + body.length, 1)
  return Buffer.concat([head, body])
}

const opening = (code: number, body = Buffer.alloc(0)): Buffer => {
  const head = Buffer.alloc(8)
  head.writeInt32BE(8 + body.length, 0)
  head.writeInt32BE(code, 4)
  return Buffer.concat([head, body])
}

const SSL_REQUEST = opening(80877103)
const STARTUP = opening(196608, Buffer.from('user\0app\0\0'))

function names(split: Splitter, bytes: Buffer): string[] {
  return split(bytes).map((message) => message.name)
}

it('knows the messages that open a connection', () => {
  expect(names(splitFrontend(), opening(80877102, Buffer.alloc(8)))).toEqual(['CancelRequest'])
  const query = typed('Q', Buffer.from('SELECT 1\0'))
  expect(names(splitFrontend(), Buffer.concat([SSL_REQUEST, STARTUP, query]))).toEqual([
    'SSLRequest',
    'StartupMessage',
    'Query',
  ])
  expect(names(splitFrontend(), opening(196610))).toEqual(['StartupMessage'])
})

it('tells the two directions apart', () => {
  const bytes = typed('C', Buffer.from('x\0'))
  const split = splitFrontend()
  split(STARTUP)
  expect(names(split, bytes)).toEqual(['Close'])
  expect(names(splitBackend(), bytes)).toEqual(['CommandComplete'])
})

it('finds the same messages however the bytes are cut', () => {
  const body = fc.uint8Array({ maxLength: 40 })
  const messages = fc.array(fc.tuple(fc.constantFrom('T', 'D', 'C', 'Z', '1', 'E'), body), { maxLength: 20 })
  const cuts = fc.array(fc.nat(400), { maxLength: 20 })
  fc.assert(
    fc.property(messages, cuts, (list, at) => {
      const whole = list.map(([type, bytes]) => typed(type, bytes))
      const stream = Buffer.concat(whole)
      const points = [0, ...at.filter((point) => point < stream.length), stream.length].sort((a, b) => a - b)
      const split = splitBackend()
      const found = points.slice(1).flatMap((end, index) => split(stream.subarray(points[index], end)))
      expect(found.map((message) => message.bytes.toString('hex'))).toEqual(whole.map((bytes) => bytes.toString('hex')))
    }),
    { numRuns: rounds(200, 5_000) },
  )
})
