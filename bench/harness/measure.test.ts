import { expect, test } from 'vitest'
import { measure } from './measure.ts'
import type { PreparedCase } from './suite.ts'

/** A case that keeps a diary of what the harness does with it. */
function recorded(answer: (input: number) => number = (input) => input) {
  const diary: string[] = []
  let calls = 0
  const prepared: PreparedCase<number, number> = {
    input: () => ++calls,
    before: async (input) => void diary.push(`before ${input}`),
    run: async (input) => {
      diary.push(`run ${input}`)
      await new Promise(setImmediate)
      return answer(input)
    },
    check: (result, input) => {
      diary.push(`check ${input}`)
      if (result !== input) throw new Error(`got ${result} for ${input}`)
    },
    after: async (_, input) => void diary.push(`after ${input}`),
    close: async () => {},
  }
  return { prepared, diary, calls: () => calls }
}

test('throughput counts the calls of all callers and checks the last answer of each', async () => {
  const { prepared, diary, calls } = recorded()
  const [figure] = await measure(prepared, { kind: 'throughput', callers: 4, milliseconds: 30, warmUp: 10 })
  expect(figure).toMatchObject({ suffix: '', unit: '/s' })
  expect(figure!.value).toBeGreaterThan(0)
  // Of the warm-up and of the measurement.
  const checked = diary.filter((line) => line.startsWith('check'))
  expect(checked).toHaveLength(4 + 4)
  expect(diary.some((line) => line.startsWith('before') || line.startsWith('after'))).toBe(false)
  expect(checked.at(-1)).toBe(`check ${calls()}`)
})

test('throughput counts only what the case counts, and times all', async () => {
  const { prepared } = recorded()
  const how = { kind: 'throughput', callers: 2, milliseconds: 30, warmUp: 0, percentiles: [100] } as const
  const [none, latest] = await measure({ ...prepared, counts: () => false }, how)
  expect(none!.value).toBe(0)
  expect(latest).toMatchObject({ suffix: 'p100', value: expect.any(Number) })
  expect(latest!.value).toBeGreaterThan(0)
})

test('throughput with percentiles yields them as further figures, in order', async () => {
  const { prepared } = recorded()
  const figures = await measure(prepared, {
    kind: 'throughput',
    callers: 2,
    milliseconds: 30,
    warmUp: 10,
    percentiles: [50, 99],
  })
  expect(figures.map(({ suffix, unit }) => [suffix, unit])).toEqual([
    ['', '/s'],
    ['p50', 'ms'],
    ['p99', 'ms'],
  ])
  expect(figures[1]!.value).toBeLessThanOrEqual(figures[2]!.value)
})

test('a duration goes through before, run, check and after for each call', async () => {
  const { prepared, diary } = recorded()
  const [figure] = await measure(prepared, { kind: 'duration', calls: 1 })
  expect(figure).toMatchObject({ suffix: '', unit: 'ms' })
  const call = (number: number) => ['before', 'run', 'check', 'after'].map((step) => `${step} ${number}`)
  expect(diary).toEqual([...call(1), ...call(2)])
})

test('a rate is in items, under the unit the case names', async () => {
  const { prepared } = recorded()
  const [figure] = await measure(prepared, { kind: 'rate', calls: 2, items: 500, unit: 'rows/s' })
  expect(figure!.unit).toBe('rows/s')
  expect(figure!.value).toBeGreaterThan(0)
})

test.each([
  { kind: 'throughput', callers: 2, milliseconds: 20, warmUp: 10 },
  { kind: 'duration', calls: 5 },
  { kind: 'rate', calls: 5, items: 1, unit: 'rows/s' },
  { kind: 'startup' },
] as const)('a wrong answer fails a $kind', async (how) => {
  const always = recorded(() => -1)
  await expect(measure(always.prepared, how)).rejects.toThrow('got -1')
})

test.each([
  { kind: 'throughput', callers: 2, milliseconds: 50, warmUp: 0 },
  { kind: 'duration', calls: 5 },
] as const)('an answer that goes wrong later fails a $kind too', async (how) => {
  const later = recorded((input) => (input > 5 ? -1 : input))
  await expect(measure(later.prepared, how)).rejects.toThrow('got -1')
})

test('count yields the median of what the calls answer, each checked', async () => {
  const { prepared, diary } = recorded()
  expect(await measure(prepared, { kind: 'count', calls: 5, unit: 'trips' })).toEqual([
    { suffix: '', unit: 'trips', value: 3 },
  ])
  expect(diary.filter((line) => line.startsWith('check'))).toHaveLength(5)
})
