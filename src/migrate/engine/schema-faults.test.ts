import { expect, it } from 'vitest'
import { parseSchemaFaults } from './schema-faults.ts'

it('takes a coloured rendering apart', () => {
  const rendered = `\u001b[1;91merror\u001b[0m: \u001b[1mType "Foo" is unknown.\u001b[0m
  \u001b[1;94m-->\u001b[0m  \u001b[4mC:\\app\\schema.prisma:12\u001b[0m
\u001b[1;94m   | \u001b[0m
error: Error parsing attribute "@id": wrong
in two lines
  -->  models/b.prisma:3
   | \n`
  expect(parseSchemaFaults(rendered)).toEqual([
    { file: 'C:\\app\\schema.prisma', line: 12, message: 'Type "Foo" is unknown.' },
    { file: 'models/b.prisma', line: 3, message: 'wrong\nin two lines' },
  ])
})
