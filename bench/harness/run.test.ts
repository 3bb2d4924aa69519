import { expect, test } from 'vitest'
import { runCases } from './run.ts'

const database = { url: '', ownerUrl: '', adminUrl: '' }
const options = {
  folder: new URL('./fixtures/', import.meta.url),
  rounds: 2,
  quick: true,
  execArgv: ['--import', 'tsx', '--conditions=substrata-source'],
}
const steady = { module: 'steady', measure: { kind: 'duration', calls: 2 } } as const

test('each round runs every case, in a process of its own, before the next round begins', async () => {
  const steps: { round: number; name: string }[] = []
  const runs = await runCases(
    [
      { name: 'first', ...steady },
      { name: 'second', ...steady },
    ],
    database,
    {
      ...options,
      onCase: (step) => steps.push(step),
    },
  )
  expect(runs.map(({ name, rounds }) => [name, rounds.length])).toEqual([
    ['first', 2],
    ['second', 2],
  ])
  expect(runs[0]!.rounds[0]).toEqual([{ suffix: '', unit: 'ms', value: expect.any(Number) }])
  expect(steps.map(({ round }) => round)).toEqual([1, 1, 2, 2])
  for (const round of [1, 2])
    expect(new Set(steps.filter((step) => step.round === round).map(({ name }) => name))).toEqual(
      new Set(['first', 'second']),
    )
})

test('memory and start-up are those of the case’s process', async () => {
  const [memory, startup] = await runCases(
    [
      { name: 'memory', module: 'steady', measure: { kind: 'memory', calls: 2 } },
      { name: 'startup', module: 'steady', measure: { kind: 'startup' } },
    ],
    database,
    { ...options, rounds: 1 },
  )
  expect(memory!.rounds[0]!.map(({ suffix, unit }) => [suffix, unit])).toEqual([
    ['', 'MB'],
    ['heap kept', 'MB'],
  ])
  // No Node process fits into 10 MB or starts in a millisecond.
  expect(memory!.rounds[0]![0]!.value).toBeGreaterThan(10)
  expect(startup!.rounds[0]![0]!.value).toBeGreaterThan(1)
})

test('a wrong result fails the run; the error names the case and holds what it said', async () => {
  const wrong = { name: 'wrong', module: 'wrong', options: { rightCalls: 2 }, measure: steady.measure }
  await expect(runCases([{ name: 'right', ...steady }, wrong], database, options)).rejects.toThrow(
    'case "wrong" failed',
  )
})

test('a case file that is not there fails the run', async () => {
  await expect(runCases([{ ...steady, name: 'lost', module: 'nowhere' }], database, options)).rejects.toThrow(
    /case "lost" failed.*nowhere/s,
  )
})
