import { expect, it } from 'vitest'
import { editDistance, nearestName } from './nearest-name.ts'

it.each([
  ['', '', 0],
  ['abc', 'abc', 0],
  ['', 'abc', 3],
  ['kitten', 'sitting', 3],
  ['flaw', 'lawn', 2],
  ['index.partal', 'index.partial', 1],
])('from %j to %j: %i', (from, to, distance) => {
  expect(editDistance(from, to)).toBe(distance)
  expect(editDistance(to, from)).toBe(distance)
})

const known = ['index.partial', 'index.covering', 'check', 'sql', 'to']

it.each([
  ['index.partal', 'index.partial'],
  ['Index.Partial', 'index.partial'],
  ['indexpartial', 'index.partial'],
  ['chek', 'check'],
  ['sgl', 'sql'],
  ['policy', undefined],
  ['cache', undefined],
  ['ab', undefined],
])('%s is meant as %s', (written, meant) => {
  expect(nearestName(written, known)).toBe(meant)
})
