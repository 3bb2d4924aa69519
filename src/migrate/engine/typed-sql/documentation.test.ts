import { expect, it } from 'vitest'
import { parseDocumentation } from './documentation.ts'

it('tells parameters from prose', () => {
  const { text, parameters } = parseDocumentation(
    [
      '-- Users of a minimum age',
      '-- @param {Int} $1:minAge The youngest',
      '-- @param $2:role',
      '/* @param {String[]?} $3:tags',
      ' * and more prose',
      ' */',
      'SELECT 1 -- @paramless',
    ].join('\n'),
  )
  expect(text).toBe('Users of a minimum age\nand more prose')
  expect([...parameters]).toEqual([
    [1, { name: 'minAge', type: 'int', nullable: false, text: 'The youngest' }],
    [2, { name: 'role', type: undefined, nullable: false, text: null }],
    [3, { name: 'tags', type: 'string-array', nullable: true, text: null }],
  ])
})

it('has nothing to say of a bare statement', () => {
  expect(parseDocumentation('SELECT 1')).toEqual({ text: null, parameters: new Map() })
})
