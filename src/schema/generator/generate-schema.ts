import { join } from 'node:path'
import { schemaAnnotations } from '../annotations/index.ts'
import { type LoadOptions, loadSchema } from '../load-schema.ts'
import { renderModule } from './render.ts'
import { writeFile } from './write-file.ts'

export interface GenerateOptions extends LoadOptions {
  /** The folder to write `index.ts` into. */
  readonly output: string
}

export interface Generated {
  readonly file: string
  /** False when the file was up to date. */
  readonly written: boolean
  readonly models: number
}

/** Generates the schema's metadata. Throws what {@link loadSchema} throws, and writes nothing then. */
export function generateSchema({ output, ...options }: GenerateOptions): Generated {
  const { schema } = loadSchema(options)
  const file = join(output, 'index.ts')
  const text = renderModule(schema, [...schemaAnnotations, ...(options.annotations ?? [])])
  return { file, written: writeFile(file, text), models: Object.keys(schema.models).length }
}
