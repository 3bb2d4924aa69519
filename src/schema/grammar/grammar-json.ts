import type { ArgumentType } from './argument.ts'
import type { AnnotationDefinition, Target } from './define.ts'

/** The grammar of annotations as data, for editors and other tools. */
export interface GrammarJson {
  readonly format: 1
  readonly annotations: readonly AnnotationJson[]
}

export interface AnnotationJson {
  readonly name: string
  readonly summary: string
  readonly on: readonly Target[]
  readonly repeatable: boolean
  /** In the order in which they may be given without their names. */
  readonly arguments: readonly (ArgumentType & {
    readonly name: string
    readonly required: boolean
    readonly summary: string
  })[]
  readonly example: string
}

/** Describes annotations, sorted by name. */
export function grammarJson(definitions: readonly AnnotationDefinition[]): GrammarJson {
  return { format: 1, annotations: sorted(definitions).map(annotationJson) }
}

function annotationJson({
  name,
  summary,
  on,
  repeatable,
  arguments: known,
  example,
}: AnnotationDefinition): AnnotationJson {
  const list = Object.entries(known).map(([argument, { kind, required, summary }]) => ({
    name: argument,
    required,
    summary,
    ...kind.describe,
  }))
  return { name, summary, on, repeatable: repeatable ?? false, arguments: list, example }
}

/** By name, whatever the order of registration. */
export function sorted(definitions: readonly AnnotationDefinition[]): AnnotationDefinition[] {
  return definitions.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}
