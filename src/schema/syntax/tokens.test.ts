import { expect, it } from 'vitest'
import { SyntaxFault } from './syntax-fault.ts'
import { readToken } from './tokens.ts'
import { readValue } from './values.ts'

it.each([
  ['"a"', 'a'],
  ["'a'", 'a'],
  ["'it\\'s \"so\"'", 'it\'s "so"'],
  ['"\\n\\r\\t\\b\\f\\\\\\/\\"\\\'"', '\n\r\t\b\f\\/"\''],
  ['"\\u00e9\\u{1f600}\\ud83d\\ude00"', 'é😀😀'],
  ['""', ''],
  ['"""a"""', 'a'],
  ['""""quoted" at the start"""', '"quoted" at the start'],
  ['"""\n    SELECT 1\n      FROM x\n\n    -- end\n  """', 'SELECT 1\n  FROM x\n\n-- end'],
  ['"""\r\n\ta\r\n\tb\r\n"""', 'a\nb'],
  ["'''it's\n'''", "it's"],
])('the string %s', (text, value) => {
  expect(readToken(text, 0)).toMatchObject({ kind: 'string', value, start: 0, end: text.length })
})

it.each([
  ['0', 0],
  ['-12', -12],
  ['1.50', 1.5],
  ['1e3', 1000],
  ['-1.5E-2', -0.015],
])('the number %s', (text, value) => {
  expect(readToken(` ${text},`, 0)).toEqual({ kind: 'number', value, start: 1, end: text.length + 1 })
})

it.each([
  ['a string that does not end', '  "abc', 2],
  ['a string that ends on the next line', '"abc\n"', 0],
  ['a long string that does not end', '"""abc\n""', 0],
  ['an unknown escape', '"ab\\q"', 3],
  ['a backslash at the end', '"ab\\', 3],
  ['half a code point', '"\\u12"', 1],
  ['a code point beyond the last', '"\\u{110000}"', 1],
])('%s', (_what, text, start) => {
  const fault = faultOf(() => readToken(text, 0))
  expect(fault.start).toBe(start)
})

it('values of every kind, nested', () => {
  const value = readValue('[title: A, rest: [1, "b", true, c, raw("x", y: [])]]', 0)
  expect(value).toMatchObject({
    kind: 'object',
    entries: [
      { key: 'title', value: { kind: 'word', value: 'A' } },
      {
        key: 'rest',
        value: {
          kind: 'list',
          items: [
            { kind: 'number', value: 1 },
            { kind: 'string', value: 'b' },
            { kind: 'boolean', value: true },
            { kind: 'word', value: 'c' },
            {
              kind: 'call',
              name: 'raw',
              arguments: [{ value: { value: 'x' } }, { key: 'y', value: { kind: 'list', items: [] } }],
            },
          ],
        },
      },
    ],
  })
})

it('what is nested beyond all measure is a fault, not the end of the stack', () => {
  expect(faultOf(() => readValue('['.repeat(100_000), 0))).toMatchObject({
    start: 33,
    message: 'this is nested too deeply',
  })
})

function faultOf(work: () => unknown) {
  try {
    work()
  } catch (error) {
    if (error instanceof SyntaxFault) return error.fault
    throw error
  }
  throw new Error('there is no fault')
}
