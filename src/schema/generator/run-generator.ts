import generatorHelper from '@prisma/generator-helper'
import type { AnnotationDefinition } from '../grammar/define.ts'
import { generateSchema } from './generate-schema.ts'

const defaultOutput = './generated/substrata'

/**
 * Serves one `prisma generate`: speaks Prisma's generator protocol on standard input and standard error until Prisma ends the
 * process. Prisma starts a generator without arguments and with `PRISMA_GENERATOR_INVOCATION` set.
 *
 * @param annotations - The features' annotations.
 */
export function runGenerator(annotations: readonly AnnotationDefinition[] = []): void {
  generatorHelper.generatorHandler({
    onManifest: () => ({ prettyName: 'Substrata', defaultOutput, requiresEngines: [] }),
    async onGenerate({ schemaPath, generator, dmmf }) {
      const output = generator.output?.value ?? defaultOutput
      generateSchema({ schemaPath, output, annotations, datamodel: dmmf.datamodel })
    },
  })
}
