import { join } from 'node:path'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { printAnnotation } from '../../src/schema/index.ts'
import { readAnnotatedSchema } from '../../src/schema/load-schema.ts'
import type { Annotations, SchemaMeta } from '../../src/schema/model-meta.ts'
import { readText } from '../../src/schema/syntax/read-text.ts'
import { rounds } from '../rounds.ts'
import { sample } from './annotation-tokens.ts'
import { definitions } from './definitions.ts'
import { layouts, type Slot, slots, writeDocument } from './document.ts'

const directory = join(import.meta.dirname, '..', '..', 'src', 'schema', 'fixtures', 'shop')
const path = join(directory, 'schema.prisma')

function read(text: string) {
  return readAnnotatedSchema(readText([{ path, text }]), directory, definitions)
}

const samples = fc.record(
  Object.fromEntries(
    Object.entries(slots)
      .filter(([name]) => name !== 'enum')
      .map(([name, { target, name: subject }]) => [name, sample(target, subject)]),
  ),
  { noNullPrototype: true },
)

it('what is written is what is read, in every layout', () => {
  fc.assert(
    fc.property(samples, layouts, (chosen, layout) => {
      const tokens = Object.fromEntries(Object.entries(chosen).map(([name, each]) => [name, each.tokens]))
      const { schema, faults } = read(writeDocument(tokens, layout).text)
      expect(faults.map((each) => each.rendered)).toEqual([])
      for (const [slot, { name, given }] of Object.entries(chosen))
        expect(annotationsIn(schema, slot as Slot)).toEqual({ [name]: [given] })
    }),
    { numRuns: rounds(200, 1000) },
  )
})

it('what is printed is read as the same', () => {
  fc.assert(
    fc.property(sample('model', 'Thing'), ({ name, given }) => {
      const printed = printAnnotation(definitions.find((each) => each.name === name)!, given)
      const model = `/// ${printed}\nmodel Thing {\n  id Int @id\n  first Int\n  second Int\n  third Int\n  größe Int\n}\n`
      const { schema, faults } = read(model)
      expect(faults.map((each) => each.rendered)).toEqual([])
      expect(schema.models.Thing?.annotations).toEqual({ [name]: [given] })
    }),
    { numRuns: rounds(200, 1000) },
  )
})

function annotationsIn({ models, annotations }: SchemaMeta, slot: Slot): Annotations | undefined {
  switch (slot) {
    case 'schema':
      return annotations
    case 'model':
      return models.Thing?.annotations
    case 'field':
      return models.Thing?.fields.first?.annotations
    case 'line':
      return models.Thing?.fields.second?.annotations
    default:
      return models.Sight?.annotations
  }
}
