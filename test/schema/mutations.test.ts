import { join } from 'node:path'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { readAnnotatedSchema } from '../../src/schema/load-schema.ts'
import { readText } from '../../src/schema/syntax/read-text.ts'
import { rounds } from '../rounds.ts'
import type { Spot } from './annotated-text.ts'
import { sample } from './annotation-tokens.ts'
import { definitions } from './definitions.ts'
import { layouts, type Slot, slots, writeDocument } from './document.ts'
import { type Mutation, mutation } from './mutations.ts'

const directory = join(import.meta.dirname, '..', '..', 'src', 'schema', 'fixtures', 'shop')
const path = join(directory, 'schema.prisma')

function faultsIn(text: string) {
  return readAnnotatedSchema(readText([{ path, text }]), directory, definitions).faults
}

/** A whole annotation or a spoilt one for every slot. On the enum every annotation is out of place. */
const contents = fc.record({
  schema: spoiltOrWhole('schema'),
  model: spoiltOrWhole('model'),
  field: spoiltOrWhole('field'),
  line: spoiltOrWhole('line'),
  view: spoiltOrWhole('view'),
  enum: sample('field', 'first').map(({ tokens }): Mutation => ({ what: 'an annotation out of place', tokens, at: 0 })),
})

function spoiltOrWhole(slot: Slot): fc.Arbitrary<Pick<Mutation, 'tokens'> & Partial<Mutation>> {
  return sample(slots[slot].target, slots[slot].name).chain((whole) =>
    fc.oneof(
      { weight: 1, arbitrary: fc.constant({ tokens: whole.tokens }) },
      { weight: 5, arbitrary: mutation(whole) },
    ),
  )
}

it('each spoilt annotation has one fault, at its line and column', () => {
  const seen = new Set<string>()
  let spoilt = 0
  fc.assert(
    fc.property(contents, layouts, (chosen, layout) => {
      const tokens = Object.fromEntries(Object.entries(chosen).map(([slot, each]) => [slot, each.tokens]))
      const { text, spots } = writeDocument(tokens, layout)
      const expected: (Spot & { what: string | undefined })[] = []
      for (const [slot, { what, at, into = 0 }] of Object.entries(chosen)) {
        const spot = spots[slot as Slot]
        if (at === undefined || !spot) continue
        const { line, column } = at === 'end' ? spot.end : spot.starts[at]!
        expected.push({ line, column: column + into, what })
        seen.add(what ?? '')
        spoilt++
      }
      const found = faultsIn(text).map(({ fault, rendered }) => ({ ...fault, rendered }))
      expect(found.map(({ line, column, rendered }) => ({ line, column, rendered }))).toEqual(
        expected.map(({ line, column }) => ({ line, column, rendered: expect.any(String) })),
      )
    }),
    { numRuns: rounds(200, 1000) },
  )
  expect(seen.size).toBe(16)
  expect(spoilt).toBeGreaterThan(rounds(700, 4000))
})

it('any text at all gives faults within it, never a crash', () => {
  const noise = fc.array(
    fc.oneof(
      fc.constantFrom(
        '@',
        '(',
        ')',
        '[',
        ']',
        '{',
        '}',
        '"',
        "'",
        '"""',
        ',',
        ':',
        '\\',
        '.',
        ' ',
        '\n',
        '///',
        '@check',
        '@search',
      ),
      fc.string({ unit: 'binary', maxLength: 3 }).filter((text) => !/[\n\r]/.test(text)),
    ),
    { maxLength: 30 },
  )
  fc.assert(
    fc.property(noise, (pieces) => {
      const lines = pieces.join('').split('\n')
      const text = `${lines.map((line) => `/// ${line}`).join('\n')}\nmodel Thing {\n  id Int @id\n}\n`
      for (const { fault } of faultsIn(text)) {
        const line = text.split('\n')[fault.line - 1]
        expect(line?.startsWith('///')).toBe(true)
        expect(fault.column).toBeGreaterThan(3)
        expect(fault.column).toBeLessThanOrEqual(Array.from(line ?? '').length + 1)
      }
    }),
    { numRuns: rounds(1000, 5000) },
  )
})
