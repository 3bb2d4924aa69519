import { describe, expect, it } from 'vitest'
import type { FaultAt } from '../syntax/syntax-fault.ts'
import { findAnnotations } from './find.ts'

const names = { known: ['check', 'encrypt', 'index.partial'], ignored: ['zod', 'other.tool'] }

function find(text: string) {
  const faults: FaultAt[] = []
  const found = findAnnotations({ file: { path: 'x', text }, text, start: 0 }, names, (fault) => faults.push(fault))
  return { found: found.map((each) => each.name), faults: faults.map(({ start, message }) => `${start}: ${message}`) }
}

describe('annotations', () => {
  it.each([
    ['alone', '@check()', ['check']],
    ['behind prose', 'The login. @check("a")', ['check']],
    ['before prose', '@check("a") is the login', ['check']],
    ['several on a line', '@check() @encrypt()@index.partial()', ['check', 'encrypt', 'index.partial']],
    ['unknown with parentheses', 'see @bob(x)', ['bob']],
    ['without parentheses, alone on a line', 'Prose.\n\t@encrypt \nMore prose.', ['encrypt']],
    ['without parentheses, among annotations', '@encrypt @check() @encrypt', ['encrypt', 'check', 'encrypt']],
    ['over several lines', 'x @check(\n "a"\n,\n"b"\n) y', ['check']],
    ['with another inside a string', '@check("@encrypt() @check(")', ['check']],
    ['behind a string that looks like the end', '@check(")") @encrypt()', ['check', 'encrypt']],
  ])('%s', (_what, text, expected) => {
    expect(find(text)).toEqual({ found: expected, faults: [] })
  })
})

describe('prose', () => {
  it.each([
    ['an e-mail address', 'ann@check.org and ann@check(x)'],
    ['an attribute', '@@check([a]) and x@check()'],
    ['in backticks', 'write `@check("a")` or `@encrypt`'],
    ['somebody', 'see @bob, @alice'],
    ['a tag of TSDoc', '@deprecated\n@see the manual\n@internal'],
    ['a lone sign', '@ @. @1(x) @-check()'],
    ['another generator’s', '@zod.email() @zod @other.tool(")")'],
    ['nothing', ''],
  ])('%s', (_what, text) => {
    expect(find(text)).toEqual({ found: [], faults: [] })
  })
})

describe('faults', () => {
  it.each([
    ['a known name in the midst of prose', 'see @check for that', '4: `@check` could be an annotation or prose'],
    ['a known name at the end of prose', 'the number, @encrypt', '12: `@encrypt` could be an annotation or prose'],
    ['a known name before prose', '@encrypt the number', '0: `@encrypt` could be an annotation or prose'],
    ['a blank before the parenthesis', '@check ("a")', '0: `@check` could be an annotation or prose'],
    ['almost a known name, alone on its line', 'Prose.\n @encrypted', '8: there is no annotation `@encrypted`'],
    ['half a name, alone on its line', '@index', '0: there is no annotation `@index`'],
    ['a list that is mixed', '@check([a: 1, 2])', '14: this has no key, but others here have'],
    ['a key given twice', '@check([a: 1, a: 2])', '14: `a` is given twice'],
    ['a number with letters', '@check(12ab)', '7: `12ab` is not a number'],
    ['a value that is missing', '@check(a: )', '10: expected a value, found `)`'],
    ['only a comma', '@check(,)', '7: expected a value, found `,`'],
    ['a list that does not end', '@check([a', '9: expected `,` or `]`, found the end of the comment'],
    ['nothing behind the parenthesis', '@check(', '7: expected a value or `)`, found the end of the comment'],
  ])('%s', (_what, text, expected) => {
    expect(find(text).faults).toEqual([expected])
  })

  it('reading goes on behind a fault', () => {
    expect(find('@check(%) @encrypt() @check("a" "b") @index.partial()')).toEqual({
      found: ['encrypt', 'index.partial'],
      faults: ['7: expected a value, found `%`', '32: expected `,` or `)`, found a string'],
    })
  })

  it('what does not end takes no more than up to the next line that begins with an annotation', () => {
    expect(find('@check("a\n  , x: [1\n@encrypt()\n@check("b"\n  @index.partial()')).toEqual({
      found: ['encrypt', 'index.partial'],
      faults: ['7: this string does not end on its line', '44: expected `,` or `)`, found `@`'],
    })
  })
})
