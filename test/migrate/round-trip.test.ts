// From any annotated schema to any other and back: the database is the one that the schema alone makes, and rows stay where they can.
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { rounds, seed } from '../rounds.ts'
import { annotatedSchema, type MadeSchema } from './annotated-schema.ts'
import { createProject, type TestProject } from './project.ts'

const ROWS = 3

async function use(project: TestProject, schema: MadeSchema): Promise<void> {
  for (const [file, text] of Object.entries(schema.files)) await project.write(file, text)
  await project.schema(schema.models)
  await project.dev({ askRename: async () => false, confirmLoss: async () => true })
}

/** Prisma adds a value at the end of its enum, wherever the schema has it, and leaves a default as it was when its column changes type. */
async function objects(project: TestProject): Promise<string[]> {
  const lines = await project.objects()
  return lines.map((line) =>
    line.includes(' enum ') ? Array.from(line).sort().join('') : line.replace(/'::(?:text|character varying)/g, "'"),
  )
}

async function equalsScratch(project: TestProject, schema: MadeSchema): Promise<void> {
  expect((await project.dev()).migration).toBeUndefined()
  await using scratch = await createProject()
  await use(scratch, schema)
  expect(await objects(project)).toEqual(await objects(scratch))
}

/** What two schemas declare alike. */
function common(a: MadeSchema, b: MadeSchema): string[] {
  const same = Object.keys(a.columns).filter((each) => a.columns[each] === b.columns[each])
  return ['id', 'version', ...same].map((each) => `"${each}"`)
}

it('migrates from one schema to another and back', { timeout: 3_600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(annotatedSchema, annotatedSchema, async (first, second) => {
      await using project = await createProject()
      await use(project, first)
      await project.query(`INSERT INTO items (id, version) SELECT n, n * 10 FROM generate_series(1, ${ROWS}) n`)
      const kept = `SELECT ${common(first, second).join(', ')} FROM items ORDER BY id`
      const before = await project.query(kept)
      expect(before).toHaveLength(ROWS)
      for (const schema of [second, first]) {
        await use(project, schema)
        expect(await project.query(kept)).toEqual(before)
        await equalsScratch(project, schema)
      }
    }),
    { numRuns: rounds(3, 40), endOnFailure: true, seed },
  )
})
