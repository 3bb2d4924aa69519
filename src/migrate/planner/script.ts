import { literal } from '../../pg/sql.ts'
import {
  type DeclaredObject,
  kindOf,
  type Names,
  type ObjectName,
  type PresentObject,
  printMark,
} from '../objects/index.ts'

/** A piece of migration.sql under a comment that says what it does, as Prisma writes them. */
export interface Step {
  /** `CreateIndex` */
  readonly title: string
  readonly statements: readonly string[]
}

/** The text of a migration: Prisma's part is put between ours as it stands. */
export function printScript(parts: readonly (readonly Step[] | string)[]): string {
  return parts
    .map((part) => (typeof part === 'string' ? part : part.map(printStep).join('\n\n')).trim())
    .filter((part) => part !== '')
    .map((part) => `${part}\n`)
    .join('\n')
}

function printStep({ title, statements }: Step): string {
  return [`-- ${title}`, ...statements.map((each) => `${each};`)].join('\n')
}

export function createStep(declared: DeclaredObject, names: Names): Step {
  return {
    title: titled('Create', declared),
    statements: [
      ...declared.create,
      ...(kindOf(declared).unmarked ? [] : [markStatement(declared, declared.name, names)]),
    ],
  }
}

export function dropStep(present: PresentObject, names: Names): Step {
  return { title: titled('Drop', present), statements: [kindOf(present).drop(present.name, names)] }
}

/** The object is what is declared; only its name and its mark are from before. */
export function followStep(declared: DeclaredObject, present: PresentObject, names: Names): Step {
  const rename = kindOf(present).rename?.(present.name, declared.name.name, names)
  const renamed = rename !== undefined && present.name.name !== declared.name.name
  return {
    title: titled(renamed ? 'Rename' : 'Mark', declared),
    statements: [...(renamed ? [rename] : []), markStatement(declared, declared.name, names)],
  }
}

/** A generated column is made by Prisma's engine, and marked after it. */
export function markStep(declared: DeclaredObject, names: Names): Step {
  return { title: titled('Mark', declared), statements: [markStatement(declared, declared.name, names)] }
}

/** The COMMENT that marks an object as declared. */
export function markStatement(declared: DeclaredObject, name: ObjectName, names: Names): string {
  return `COMMENT ON ${kindOf(declared).target(name, names)} IS ${literal(printMark(declared))}`
}

function titled(verb: string, { kind }: { readonly kind: string }): string {
  return verb + kind.replace(/(?:^| )(\w)/g, (_, letter: string) => letter.toUpperCase())
}
