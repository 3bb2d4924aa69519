import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import generatorHelper from '@prisma/generator-helper'
import { afterAll, expect, it } from 'vitest'
import { prismaDatamodel } from '../prisma-datamodel.ts'
import { readSchema } from '../source/read-schema.ts'

const folder = mkdtempSync(join(tmpdir(), 'substrata-generator-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const schemaPath = join(import.meta.dirname, '..', 'fixtures', 'shop')
const launcher = join(folder, 'launcher.mts')
writeFileSync(
  launcher,
  `import { runGenerator } from '${pathToFileURL(join(import.meta.dirname, 'run-generator.ts')).href}'\nrunGenerator()\n`,
)

const config = {
  name: 'substrata',
  provider: { fromEnvVar: null, value: 'substrata' },
  output: null,
  config: {},
  binaryTargets: [],
  previewFeatures: [],
  sourceFilePath: schemaPath,
}

function optionsFor(path: string, output: string) {
  const datamodel = prismaDatamodel(readSchema(schemaPath).files)
  return {
    generator: { ...config, output: { fromEnvVar: null, value: output } },
    otherGenerators: [],
    schemaPath: path,
    dmmf: { datamodel } as never,
    datasources: [],
    datamodel: 'reformatted and joined by Prisma, and never read',
    version: '0.0.0',
  }
}

/** Prisma's own end of the protocol. */
async function withGenerator<T>(
  work: (generator: InstanceType<typeof generatorHelper.GeneratorProcess>) => Promise<T>,
): Promise<T> {
  const tsx = pathToFileURL(join(import.meta.dirname, '../../../node_modules/tsx/dist/loader.mjs')).href
  const command = `"${process.execPath}" --import ${tsx} "${launcher}"`
  const generator = new generatorHelper.GeneratorProcess(command)
  await generator.init()
  try {
    return await work(generator)
  } finally {
    generator.stop()
  }
}

it('Prisma is told the name and where to write', async () => {
  const manifest = await withGenerator((generator) => generator.getManifest(config))
  expect(manifest).toEqual({ prettyName: 'Substrata', defaultOutput: './generated/substrata', requiresEngines: [] })
})

it('Prisma’s request writes the module', async () => {
  const output = join(folder, 'written')
  await withGenerator((generator) => generator.generate(optionsFor(schemaPath, output)))
  expect(readdirSync(output)).toEqual(['index.ts'])
})

it('Prisma is told of every fault, in the places of the files on disk', async () => {
  const output = join(folder, 'refused')
  const faulty = join(folder, 'faulty.prisma')
  writeFileSync(
    faulty,
    'datasource db {\n  provider = "postgresql"\n}\n\n\n\n/// @chek()\n\t/// 😀 @check()\nmodel A {\n  id Int @id\n}\n',
  )
  await expect(withGenerator((generator) => generator.generate(optionsFor(faulty, output)))).rejects.toThrow(
    /faulty\.prisma:7:5: [\s\S]*did you mean `@check`\?[\s\S]*faulty\.prisma:8:8: /,
  )
})
