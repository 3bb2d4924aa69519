import { expect, it } from 'vitest'
import { positionAt } from './source-file.ts'

it.each([
  ['the first character', 'abc', 'a', 1, 1, 'abc'],
  ['a later line', 'abc\ndef', 'e', 2, 2, 'def'],
  ['behind a tab', '\t\tabc', 'a', 1, 3, '\t\tabc'],
  ['Windows’ line breaks', 'a\r\nb\r\ncd\r\n', 'd', 3, 2, 'cd'],
  ['old Macintosh’s line breaks', 'a\rb\rcd', 'd', 3, 2, 'cd'],
  ['mixed line breaks', 'a\r\rb\n\ncd', 'd', 5, 2, 'cd'],
  ['behind a byte order mark', '\uFEFFabc', 'b', 1, 2, 'abc'],
  ['the second line behind a byte order mark', '\uFEFFabc\ndef', 'e', 2, 2, 'def'],
  ['behind letters of another script', '日本語x', 'x', 1, 4, '日本語x'],
  ['behind a character of two units', '😀😀x', 'x', 1, 3, '😀😀x'],
])('%s', (_what, text, at, line, column, lineText) => {
  expect(positionAt(text, text.indexOf(at))).toEqual({ line, column, lineText })
})

it('the end of the text has a place', () => {
  expect(positionAt('ab\ncd', 5)).toEqual({ line: 2, column: 3, lineText: 'cd' })
  expect(positionAt('ab\n', 3)).toEqual({ line: 2, column: 1, lineText: '' })
  expect(positionAt('', 0)).toEqual({ line: 1, column: 1, lineText: '' })
})
