import { expect, it } from 'vitest'
import { isSubstrataError } from '../../core/errors.ts'
import type { Documentation } from './declarations.ts'
import { readText } from './read-text.ts'

/** Where each word of documentation goes, by the names of declarations. */
function owners(text: string): Record<string, string[]> {
  const schema = readText([{ path: 'schema.prisma', text }])
  const found: Record<string, string[]> = { schema: words(schema.documentation) }
  for (const block of schema.blocks) {
    found[block.name] = words(block.documentation)
    for (const member of block.members) found[`${block.name}.${member.name}`] = words(member.documentation)
  }
  return Object.fromEntries(Object.entries(found).filter(([, each]) => each.length > 0))
}

function words(documentation: readonly Documentation[]): string[] {
  return documentation.map(({ text, start }) => text.slice(start).trim().replace(/\s+/g, ' '))
}

const rules = `/// file

/// above A
// not read
/// and A
model A { /// beside A
  /// above id
  id Int @id /// beside id
  /// far above b

  /// above b
  b String @default("/// no") // not read

  /// above the index
  @@index([b]) /// beside the index
  // not read either
  /// at the end of A
} /// behind A
/// above B

/// above datasource
datasource db { /// beside datasource
  /// in datasource
  provider = "postgresql"
}
/// above E
enum E {
  /// above X
  X /// beside X
  Y
  /// at the end of E
}
/* /// in a block
   model C { */
/// at the end`

it.each([
  ['\n', rules],
  ['\r\n', rules.replaceAll('\n', '\r\n')],
  ['\r', rules.replaceAll('\n', '\r')],
  ['a byte order mark', `\uFEFF${rules}`],
])('documentation goes to what it documents (%j)', (_what, text) => {
  expect(owners(text)).toEqual({
    schema: ['file', 'above B', 'above datasource', 'beside datasource', 'in datasource', 'at the end'],
    A: ['above A and A', 'beside A', 'above the index', 'beside the index', 'at the end of A', 'behind A'],
    'A.id': ['above id', 'beside id'],
    'A.b': ['far above b', 'above b'],
    E: ['above E', 'at the end of E'],
    'E.X': ['above X', 'beside X'],
  })
})

it('blocks are read however they are laid out', () => {
  const text =
    'model A{\nid Int@id@default(1)\n  b   String[]   @db.VarChar(3)\n c Unsupported("x(1, 2)")?\n@@index([id,b(sort:Desc)],map:"{")\n}\nview V {\n}\n'
  const [a, v] = readText([{ path: 'schema.prisma', text }]).blocks
  expect(a?.members).toMatchObject([
    { name: 'id', type: 'Int', attributes: [{ name: 'id' }, { name: 'default' }] },
    {
      name: 'b',
      type: 'String',
      list: true,
      attributes: [{ name: 'db.VarChar', arguments: [{ value: { digits: '3' } }] }],
    },
    { name: 'c', type: 'x(1, 2)', unsupported: true, optional: true },
  ])
  expect(a?.attributes).toMatchObject([{ name: 'index', arguments: [{}, { key: 'map', value: { value: '{' } }] }])
  expect(v).toMatchObject({ kind: 'view', name: 'V', members: [] })
})

it('what is not Prisma’s language is named with its place', () => {
  const text = 'model A {\n  id Int @id\n  %\n}\n'
  expect(() => readText([{ path: 'x.prisma', text }])).toThrow(
    expect.toSatisfy(
      (error) => isSubstrataError(error, 'SUB_SCHEMA_UNREADABLE') && error.message.startsWith('x.prisma:3:3: '),
    ),
  )
})
