import type { AnnotationArguments, Annotations, SchemaMeta } from '../model-meta.ts'
import type { ArgumentDefinition } from './argument.ts'

/** What an annotation can stand on. A field here has a column; `schema` is the whole of it. */
export type Target = 'schema' | 'model' | 'view' | 'field' | 'relation' | 'enum' | 'enum value'

type ArgumentDefinitions = Readonly<Record<string, ArgumentDefinition>>

type Names<A extends ArgumentDefinitions, Required extends boolean> = {
  [Name in keyof A]: A[Name]['required'] extends Required ? Name : never
}[keyof A]

type ValueOf<D> = D extends ArgumentDefinition<infer T> ? T : never

/** The checked arguments of an annotation, by the definition of each. */
export type ArgumentsOf<A extends ArgumentDefinitions> = {
  readonly [Name in Names<A, true>]: ValueOf<A[Name]>
} & { readonly [Name in Names<A, false>]?: ValueOf<A[Name]> }

/** What an annotation stands on, for rules that need more than the arguments. */
export interface Subject {
  readonly target: Target
  readonly name: string
  /** Of a field: Prisma demands a value of it when a row is created. */
  readonly demanded: boolean
  /** Of a field: it has a default other than an empty `dbgenerated()`. */
  readonly defaulted: boolean
}

/** What a rule of an annotation finds wrong. */
export interface Complaint {
  readonly message: string
  /** The argument at fault; the annotation's name where absent. */
  readonly argument?: string
}

/** What a rule over the whole schema finds wrong: on which model the annotation stands, and what would be right. */
export interface SchemaComplaint {
  readonly model: string
  readonly message: string
  readonly expected?: string
}

/** An annotation: what it is called, where it may stand, what it takes. */
export interface AnnotationDefinition<
  Name extends string = string,
  A extends ArgumentDefinitions = ArgumentDefinitions,
> {
  readonly name: Name
  readonly on: readonly Target[]
  /** May stand more than once on one declaration. */
  readonly repeatable?: boolean
  /** In the order in which they may be given without their names. */
  readonly arguments: A
  /** One sentence. */
  readonly summary: string
  /** A schema that uses it, as documentation shows it. */
  readonly example: string
  /** Rules across arguments; run when each argument by itself is right. */
  check?(given: ArgumentsOf<A>, subject: Subject): Complaint | undefined
  /** Rules across models; run when every annotation by itself is right. */
  checkSchema?(schema: SchemaMeta): readonly SchemaComplaint[]
}

/** Defines an annotation; its arguments' types follow from their definitions. */
export function defineAnnotation<const Name extends string, A extends ArgumentDefinitions>(
  definition: AnnotationDefinition<Name, A>,
): AnnotationDefinition<Name, A> {
  return definition
}

/** The arguments of every use of an annotation on a declaration, typed. */
export function annotationsOf<A extends ArgumentDefinitions>(
  definition: AnnotationDefinition<string, A>,
  declaration: { readonly annotations?: Annotations },
): readonly ArgumentsOf<A>[] {
  // What lies under the definition's name has been checked against the definition.
  return (declaration.annotations?.[definition.name] ?? []) as readonly (AnnotationArguments & ArgumentsOf<A>)[]
}
