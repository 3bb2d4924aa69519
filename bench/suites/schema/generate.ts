import { equal } from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import generatorHelper from '@prisma/generator-helper'
import { benchRoot } from '../../harness/root.ts'
import type { BenchDatabase, CaseOptions, PreparedCase } from '../../harness/suite.ts'
import { manyModels } from './many-models.ts'

interface SchemaParser {
  get_dmmf(params: string): string
}

/**
 * What the generator adds to `prisma generate`: its process from start to end, asked by Prisma's own end of the protocol with
 * the whole DMMF, as Prisma sends it.
 */
export async function prepare(
  _database: BenchDatabase,
  { models }: CaseOptions,
): Promise<PreparedCase<undefined, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'substrata-bench-generate-'))
  const schemaPath = join(folder, 'schema.prisma')
  const text = manyModels(Number(models))
  await writeFile(schemaPath, text)
  const parser: SchemaParser = createRequire(import.meta.url)('@prisma/prisma-schema-wasm')
  const dmmf = JSON.parse(parser.get_dmmf(JSON.stringify({ prismaSchema: [[schemaPath, text]] })))
  const module = pathToFileURL(join(benchRoot, '..', 'dist', 'schema', 'generator', 'run-generator.js')).href
  const command = `"${process.execPath}" --input-type=module -e "import { runGenerator } from '${module}'; runGenerator()"`
  const file = join(folder, 'generated', 'index.ts')
  const generator = {
    name: 'substrata',
    provider: { fromEnvVar: null, value: 'substrata' },
    output: { fromEnvVar: null, value: join(folder, 'generated') },
    config: {},
    binaryTargets: [],
    previewFeatures: [],
    sourceFilePath: schemaPath,
  }
  return {
    before: () => rm(file, { force: true }),
    run: async () => {
      const server = new generatorHelper.GeneratorProcess(command)
      await server.init()
      await server.getManifest(generator)
      await server.generate({
        generator,
        otherGenerators: [],
        schemaPath,
        dmmf,
        datasources: [],
        datamodel: text,
        version: '7.10.0',
      })
      server.stop()
      return readFile(file, 'utf8')
    },
    check: (written) => equal(written.match(/^export interface Model\d+Meta /gm)?.length, models),
    close: () => rm(folder, { recursive: true, force: true }),
  }
}
