import { expect, it } from 'vitest'
import type { Feature } from './feature.ts'
import { createStages } from './stages.ts'

const call = { model: 'User', name: 'findMany', args: {}, context: undefined, dataPath: [], unprotected: undefined }
const pending = { ...call, ask: async () => undefined }
const told: string[] = []

const guard: Feature = {
  name: 'rls',
  concerns: (model) => model === 'User',
  admit: () => void told.push('rls admits'),
  explain: ({ error }) => `${String(error)}, rls`,
}
const second: Feature = {
  name: 'bulk',
  concerns: () => true,
  admit: () => void told.push('bulk admits'),
  inspector: () => () => void told.push('bulk inspects'),
  explain: ({ error }) => `${String(error)}, bulk`,
}
const methodsOnly: Feature = { name: 'search', methods: {} }

it.each([
  ['as listed', [guard, second, methodsOnly]],
  ['the other way round', [methodsOnly, second, guard]],
  ['in any order', [second, methodsOnly, guard]],
])('takes features in its own order, whatever they were registered in: %s', async (_, features) => {
  const stages = createStages(features)
  told.length = 0
  expect(stages.refusal(pending)).toBeUndefined()
  expect(await stages.answered(pending, Promise.resolve(1))).toBe(1)
  expect(told).toEqual(['rls admits', 'bulk admits', 'bulk inspects'])
  expect(stages.explain({ error: 'failed', model: 'User', operation: 'findMany', text: '' })).toBe('failed, rls, bulk')
})

it('asks a call of nobody who only adds methods', () => {
  const stages = createStages([guard, methodsOnly])
  expect(stages.concerns('User')).toBe(true)
  expect(stages.concerns(undefined)).toBe(true)
  expect(stages.concerns('Other')).toBe(false)
  expect(createStages([methodsOnly]).concerns(undefined)).toBe(false)
})
