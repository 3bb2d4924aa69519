/** Values of every type, the awkward ones first among them, drawn alike for rows and for filters so that filters match. */
import * as fc from 'fast-check'
import type { EnumMeta, FieldMeta } from '../../src/schema/model-meta.ts'

type Enums = Readonly<Record<string, EnumMeta>>

const texts = [
  '',
  'a',
  'A',
  'ab',
  'a%b',
  'a_b',
  'a\\b',
  "o'clock",
  '"q"',
  'ß',
  'SS',
  'Ünïcödé',
  '😀',
  ' pad ',
  '{x,y}',
  'null',
  '{}',
  '0',
]
const uuids = [
  '00000000-0000-0000-0000-000000000000',
  '8c5e9e6c-9a1b-4c55-8d7e-0123456789ab',
  'ffffffff-ffff-4fff-bfff-ffffffffffff',
]
const instants = [
  '1970-01-01T00:00:00.000Z',
  '1969-12-31T23:59:59.999Z',
  '2024-02-29T12:30:15.123Z',
  '2000-01-01T00:00:00.001Z',
  '0099-03-04T05:06:07.080Z',
  '9999-12-31T23:59:59.000Z',
].map((iso) => new Date(iso))

/** A value of a field, never null; for a list field, one element. */
export function anyValueOf(field: FieldMeta, enums: Enums): fc.Arbitrary<unknown> {
  if (field.kind === 'enum') return fc.constantFrom(...Object.keys(enums[field.type]!.values))
  const native = field.native?.replace(/\(.*/, '')
  switch (field.type) {
    case 'String':
      if (native === 'Uuid') return fc.constantFrom(...uuids)
      if (native === 'Inet') return fc.constantFrom('10.0.0.1', '10.0.0.0/8', '::1')
      if (native === 'Char') return fc.constantFrom('', 'a', 'ab  ', 'abcd')
      return fc.constantFrom(...texts)
    case 'Boolean':
      return fc.boolean()
    case 'Int':
      return native === 'SmallInt'
        ? fc.constantFrom(0, 1, -1, 32767, -32768)
        : fc.constantFrom(0, 1, 2, 3, -1, 7, 2147483647, -2147483648)
    case 'BigInt':
      return fc.constantFrom(0n, 1n, 2n, -1n, 9007199254740993n, 9223372036854775807n, -9223372036854775808n)
    case 'Float':
      return native === 'Real'
        ? fc.constantFrom(0, 1.5, -2.25, 1e10)
        : fc.constantFrom(0, -0.5, 0.1, 1e-7, 5e-324, 123456.789)
    case 'Decimal':
      return native?.startsWith('Decimal') && field.native?.includes('10')
        ? fc.constantFrom('0', '0.01', '-1.5', '99999999.99')
        : fc.constantFrom('0', '0.1', '-1.50', '12345678901234567890.123456789', '1e3')
    case 'DateTime':
      return fc.constantFrom(...instants)
    case 'Json':
      return fc.constantFrom<unknown>(
        1,
        'text',
        true,
        [],
        {},
        [1, null, 'x'],
        { a: 1 },
        { a: { b: [1.5, 'ü'] }, 'k"\\': null },
        0.1,
      )
    case 'Bytes':
      return fc.constantFrom(new Uint8Array([]), new Uint8Array([0, 1, 255]), new Uint8Array([92, 120]))
    default:
      throw new Error(`no values for ${field.type}`)
  }
}
