import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { isSubstrataError } from '../../core/errors.ts'
import { generateSchema } from './generate-schema.ts'

const fixtures = join(import.meta.dirname, '..', 'fixtures')
const folder = mkdtempSync(join(tmpdir(), 'substrata-generate-'))
const root = join(import.meta.dirname, '..', '..', '..')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const names = ['blog.prisma', 'scalars.prisma', 'shop']

it.each(names)('%s: the text depends on the schema alone and is formatted', (name) => {
  const copy = join(folder, `copy of ${name}`)
  cpSync(join(fixtures, name), copy, { recursive: true })
  const [first, second] = [join(fixtures, name), copy].map((schemaPath, index) => {
    const { file } = generateSchema({ schemaPath, output: join(folder, `${name}-${index}`) })
    return readFileSync(file, 'utf8')
  })
  expect(second).toBe(first)
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome')
  const formatted = spawnSync(process.execPath, [biome, 'format', '--stdin-file-path=index.ts'], {
    input: first,
    cwd: root,
  })
  expect(formatted.stdout.toString()).toBe(first)
})

it('the data is the metadata, and a module of data alone', async () => {
  const { file } = generateSchema({ schemaPath: join(fixtures, 'shop'), output: join(folder, 'data') })
  const { schema } = await import(file)
  expect(Object.keys(schema.models)).toEqual(['Product', 'Category', 'Order', 'Line', 'Turnover'])
  expect(schema.models.Line.fields.total.generated).toBe(true)
  expect(readFileSync(file, 'utf8').match(/^import .*$/gm)).toEqual(["import type * as substrata from 'substrata'"])
})

it('a file that is up to date is not touched', () => {
  const options = { schemaPath: join(fixtures, 'shop'), output: join(folder, 'twice') }
  const first = generateSchema(options)
  const before = statSync(first.file, { bigint: true })
  const second = generateSchema(options)
  const after = statSync(second.file, { bigint: true })
  expect([first.written, second.written]).toEqual([true, false])
  expect([after.ino, after.mtimeNs]).toEqual([before.ino, before.mtimeNs])
  expect(readdirSync(options.output)).toEqual(['index.ts'])
})

it('with a fault nothing is written, and all faults are shown', () => {
  const output = join(folder, 'faulty')
  const schemaPath = join(folder, 'faulty.prisma')
  const text = readFileSync(join(fixtures, 'blog.prisma'), 'utf8')
  writeFileSync(schemaPath, text)
  generateSchema({ schemaPath, output })
  const before = readFileSync(join(output, 'index.ts'), 'utf8')
  writeFileSync(
    schemaPath,
    text
      .replace('model Tag {', '\t/// 😀 @index.partal("x")\n/// @check("a", sgl: "b")\nmodel Tag {')
      .replace('name  String @id', 'name  String @id /// @check("a" "b")'),
  )
  const error = thrown(() => generateSchema({ schemaPath, output }))
  expect(isSubstrataError(error, 'SUB_SCHEMA_ANNOTATIONS')).toBe(true)
  const message = (error as Error).message.replaceAll(/^.*faulty\.prisma/gm, 'faulty.prisma')
  expect(message).toMatchInlineSnapshot(`
    "faulty.prisma:62:8: there is no annotation \`@index.partal\`
       |
    62 | 	/// 😀 @index.partal("x")
       | 	      ^^^^^^^^^^^^^ did you mean \`@index.partial\`?

    faulty.prisma:63:17: \`@check\` takes no \`sgl\`: it takes name, sql
       |
    63 | /// @check("a", sgl: "b")
       |                 ^^^ did you mean \`sql\`?

    faulty.prisma:65:35: expected \`,\` or \`)\`, found a string
       |
    65 |   name  String @id /// @check("a" "b")
       |                                   ^^^

    3 faults in the annotations of the schema. docs/reference/annotations.md lists every annotation with its arguments."
  `)
  expect(readFileSync(join(output, 'index.ts'), 'utf8')).toBe(before)
})

it('another database is refused', () => {
  const schemaPath = join(folder, 'sqlite.prisma')
  writeFileSync(schemaPath, 'datasource db {\n  provider = "sqlite"\n}\nmodel A {\n  id Int @id\n}\n')
  const error = thrown(() => generateSchema({ schemaPath, output: folder }))
  expect(isSubstrataError(error, 'SUB_SCHEMA_PROVIDER')).toBe(true)
})

function thrown(work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}
