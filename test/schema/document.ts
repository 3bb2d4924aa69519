import * as fc from 'fast-check'
import type { Target } from '../../src/schema/grammar/define.ts'
import { type Layout, type Spot, textWriter } from './annotated-text.ts'
import type { Token } from './annotation-tokens.ts'

/** The places of a document that can hold an annotation. */
export const slots = {
  schema: { target: 'schema', name: 'the schema', oneLine: false },
  model: { target: 'model', name: 'Thing', oneLine: false },
  field: { target: 'field', name: 'first', oneLine: false },
  line: { target: 'field', name: 'second', oneLine: true },
  view: { target: 'view', name: 'Sight', oneLine: false },
  enum: { target: 'enum', name: 'Kind', oneLine: false },
} as const satisfies Record<string, { target: Target; name: string; oneLine: boolean }>

export type Slot = keyof typeof slots

/** What stands in a slot: tokens of one or more annotations, one after the other. */
export type Contents = Readonly<Partial<Record<Slot, readonly Token[]>>>

export const layouts: fc.Arbitrary<Layout> = fc.record({
  lineBreak: fc.constantFrom('\n', '\r\n', '\r'),
  mark: fc.boolean(),
  gaps: fc.array(fc.constantFrom('', '', ' ', '\t', '  ', 'line'), { minLength: 1, maxLength: 9 }),
  indent: fc.constantFrom('', '  ', '\t', ' \t '),
  before: fc.constantFrom(
    '',
    '',
    'Prose. ',
    'Ann 😀 (ann@example.org) and @bob: ',
    '\t日本語\t',
    '`@check(x)` @@index([a]) ',
  ),
  after: fc.constantFrom('', '', ' And more, see @bob.', ' // no comment', '\t😀 @@id @deprecated'),
})

/** Writes a schema with these contents; tells for each slot where its tokens stand. */
export function writeDocument(contents: Contents, layout: Layout) {
  const writer = textWriter(layout)
  const spots: Partial<Record<Slot, { starts: Spot[]; end: Spot }>> = {}
  const lines = (...texts: string[]) => {
    for (const text of texts) {
      writer.write(text)
      writer.newLine()
    }
  }
  const slot = (name: Slot) => {
    const tokens = contents[name]
    if (!tokens) return
    const { oneLine } = slots[name]
    writer.write(`${oneLine ? '' : layout.indent}/// ${layout.before}`)
    spots[name] = writer.writeTokens(tokens, oneLine)
    // Whatever follows an annotation that does not end is read as a part of it.
    const whole = tokens.at(-1)?.text === ')'
    writer.write(whole ? layout.after : '')
    if (!oneLine) writer.newLine()
  }
  lines('// @check(no, comment)')
  slot('schema')
  lines('', 'datasource db {', '  provider = "postgresql"', '}', '')
  slot('model')
  lines('model Thing {', '  id Int @id')
  slot('field')
  lines('  first String? @map("/// @check(no) \\" //")')
  writer.write('  second Int? ')
  slot('line')
  lines('', '  third Json?', '  größe Float?', '}', '')
  slot('view')
  lines('view Sight {', '  id Int', '  first Int', '  second Int', '  third Int', '  größe Int', '}', '')
  slot('enum')
  lines('enum Kind {', '  A', '}')
  return { text: writer.text(), spots }
}
