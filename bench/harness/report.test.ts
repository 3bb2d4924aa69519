import { expect, test } from 'vitest'
import { caseReports, ratioReports, reached } from './report.ts'

const runs = [
  { name: 'pg', rounds: [4000, 1000, 2000].map((value) => [{ suffix: '', unit: '/s', value }]) },
  {
    name: 'ours',
    rounds: [
      [
        { suffix: '', unit: '/s', value: 1000 },
        { suffix: 'p99', unit: 'ms', value: 3 },
      ],
      [
        { suffix: '', unit: '/s', value: 2000 },
        { suffix: 'p99', unit: 'ms', value: 4 },
      ],
    ],
  },
]

test('a case is reported as median, least and greatest of its rounds, each further figure under its own name', () => {
  expect(caseReports(runs)).toEqual([
    { name: 'pg', unit: '/s', median: 2000, min: 1000, max: 4000, runs: 3 },
    { name: 'ours', unit: '/s', median: 1500, min: 1000, max: 2000, runs: 2 },
    { name: 'ours p99', unit: 'ms', median: 3.5, min: 3, max: 4, runs: 2 },
  ])
})

test('a ratio divides medians; one without a second case is the figure itself', () => {
  const ratios = ratioReports(
    [
      { name: 'ours / pg', of: 'ours', to: 'pg', target: 0.9, better: 'higher' },
      { name: 'p99', of: 'ours p99', better: 'lower' },
    ],
    caseReports(runs),
  )
  expect(ratios).toEqual([
    { name: 'ours / pg', value: 0.75, target: 0.9, better: 'higher' },
    { name: 'p99', value: 3.5, target: null, better: 'lower' },
  ])
})

test('a price is the difference of two medians', () => {
  const price = { name: 'over pg', of: 'pg', less: 'ours', target: 600, better: 'lower' } as const
  expect(ratioReports([price], caseReports(runs))).toMatchObject([{ name: 'over pg', value: 500, target: 600 }])
})

test('a ratio of a case that is not there is an error', () => {
  expect(() => ratioReports([{ name: 'x', of: 'nobody', better: 'higher' }], caseReports(runs))).toThrow('"nobody"')
})

test('a target is reached from the side that is better, and by equality', () => {
  const ratio = { name: 'x', value: 25 } as const
  expect(reached({ ...ratio, target: 25, better: 'lower' })).toBe(true)
  expect(reached({ ...ratio, target: 24, better: 'lower' })).toBe(false)
  expect(reached({ ...ratio, target: 25, better: 'higher' })).toBe(true)
  expect(reached({ ...ratio, target: 26, better: 'higher' })).toBe(false)
  expect(reached({ ...ratio, target: null, better: 'higher' })).toBeUndefined()
})
