import type { DMMF } from '@prisma/generator-helper'
import { schemaAnnotations } from './annotations/index.ts'
import { differences } from './dmmf.ts'
import { annotationsInvalid, schemaDisagrees, schemaProvider } from './errors.ts'
import type { AnnotationDefinition } from './grammar/define.ts'
import { type LocatedFault, locateFault } from './grammar/fault.ts'
import { findAnnotations } from './grammar/find.ts'
import { buildSchemaMeta } from './meta/build-meta.ts'
import type { SchemaMeta } from './model-meta.ts'
import { prismaDatamodel } from './prisma-datamodel.ts'
import { ignoredAnnotations, providerOf, unknownSettings } from './settings.ts'
import { readSchema } from './source/read-schema.ts'
import type { SchemaText } from './syntax/declarations.ts'
import { readText } from './syntax/read-text.ts'

export interface LoadOptions {
  /** A `.prisma` file, or a folder that holds some. */
  readonly schemaPath: string
  /** Annotations known beside those of `schema/` itself: the features'. */
  readonly annotations?: readonly AnnotationDefinition[]
  /** Prisma's reading of the schema, where it has been made already. */
  readonly datamodel?: DMMF.Datamodel
}

export interface LoadedSchema {
  readonly schema: SchemaMeta
  /** Absolute. Files named by annotations are relative to it. */
  readonly directory: string
}

/**
 * Reads a schema from disk: Prisma checks it, then its text becomes metadata.
 *
 * @throws SUB_SCHEMA_NOT_FOUND, SUB_SCHEMA_INVALID (Prisma refuses it), SUB_SCHEMA_PROVIDER (not PostgreSQL),
 * SUB_SCHEMA_ANNOTATIONS (all faults of annotations at once).
 */
export function loadSchema({ schemaPath, annotations = [], datamodel }: LoadOptions): LoadedSchema {
  const source = readSchema(schemaPath)
  const prismas = datamodel ?? prismaDatamodel(source.files)
  const text = readText(source.files)
  const provider = providerOf(text)
  if (provider !== 'postgresql' && provider !== 'postgres') throw schemaProvider({ provider: provider ?? 'not given' })
  const { schema, faults } = readAnnotatedSchema(text, source.directory, [...schemaAnnotations, ...annotations])
  if (faults.length > 0) throw annotationsInvalid(shown(faults))
  const found = differences(schema, prismas)
  if (found.length > 0) throw schemaDisagrees({ differences: found })
  return { schema, directory: source.directory }
}

/** Turns a schema's text into metadata. The faults of its annotations come back in the order of the text. */
export function readAnnotatedSchema(
  text: SchemaText,
  directory: string,
  definitions: readonly AnnotationDefinition[],
): { schema: SchemaMeta; faults: LocatedFault[] } {
  const faults: LocatedFault[] = []
  const schema = buildSchemaMeta(text, { definitions, ignored: ignoredAnnotations(text), directory, faults })
  faults.push(...unknownSettings(text))
  if (faults.length === 0) faults.push(...schemaFaults(text, schema, definitions))
  return { schema, faults: faults.toSorted(inOrder) }
}

/** What the annotations' rules over the whole schema find, each at the annotation on its model. */
function schemaFaults(
  text: SchemaText,
  schema: SchemaMeta,
  definitions: readonly AnnotationDefinition[],
): LocatedFault[] {
  return definitions.flatMap((definition) =>
    (definition.checkSchema?.(schema) ?? []).flatMap(({ model, ...complaint }) => {
      const { name } = definition
      const documentation = text.blocks.find((each) => each.name === model)?.documentation ?? []
      for (const piece of documentation) {
        const found = findAnnotations(piece, { known: [name], ignored: [] }, () => {}).find(
          (each) => each.name === name,
        )
        if (found) return [locateFault(piece.file, { start: found.start, end: found.nameEnd, ...complaint })]
      }
      return []
    }),
  )
}

function inOrder({ fault: a }: LocatedFault, { fault: b }: LocatedFault): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1
  return a.line - b.line || a.column - b.column
}

function shown(located: readonly LocatedFault[]) {
  return {
    faults: located.map((each) => each.fault),
    rendered: located.map((each) => `${each.rendered}\n`).join('\n'),
  }
}
