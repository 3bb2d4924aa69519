import { resolve } from 'node:path'
import { checkAnnotation } from '../grammar/check.ts'
import type { AnnotationDefinition, Subject } from '../grammar/define.ts'
import { type LocatedFault, locateFault } from '../grammar/fault.ts'
import { findAnnotations } from '../grammar/find.ts'
import type { AnnotationArguments, Annotations } from '../model-meta.ts'
import type { Documentation } from '../syntax/declarations.ts'

/** What is needed to read annotations; faults are gathered in it. */
export interface AnnotationReader {
  readonly definitions: readonly AnnotationDefinition[]
  /** Names that other generators read. */
  readonly ignored: readonly string[]
  /** Absolute path of the schema's folder. */
  readonly directory: string
  readonly faults: LocatedFault[]
}

/** Reads the annotations of one declaration; every fault in them is gathered, and what is at fault is left out. */
export function annotationsOn(
  documentation: readonly Documentation[],
  subject: Subject,
  fields: readonly string[],
  { definitions, ignored, directory, faults }: AnnotationReader,
): Annotations | undefined {
  const names = { known: definitions.map((each) => each.name), ignored }
  const annotations = new Map<string, AnnotationArguments[]>()
  for (const piece of documentation) {
    const report: Parameters<typeof findAnnotations>[2] = (fault) => faults.push(locateFault(piece.file, fault))
    const context = { fields, file: resolve(piece.file.path), directory, report }
    for (const annotation of findAnnotations(piece, names, report)) {
      const earlier = annotations.get(annotation.name) ?? []
      const given = checkAnnotation(annotation, definitions, subject, earlier.length, context)
      if (given) annotations.set(annotation.name, [...earlier, given])
    }
  }
  return annotations.size > 0 ? Object.fromEntries(annotations) : undefined
}
