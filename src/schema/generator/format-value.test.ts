import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { rounds } from '../../../test/rounds.ts'
import { formatValue } from './format-value.ts'

const values = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme', minLength: 100 }),
    fc.integer(),
    fc.boolean(),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'größe', 'index.partial')),
      tie('value'),
      {
        maxKeys: 5,
        noNullPrototype: true,
      },
    ),
  ),
})).value

it('a written value is the value', async () => {
  await fc.assert(
    fc.asyncProperty(values, async (value) => {
      const module = `export default ${formatValue(value, 0, 0)}`
      const evaluated = await import(`data:text/javascript;base64,${Buffer.from(module).toString('base64')}`)
      expect(evaluated.default).toEqual(value)
      expect(Object.keys(evaluated.default ?? {})).toEqual(Object.keys(value ?? {}))
    }),
    { numRuns: rounds(100, 1000) },
  )
})
