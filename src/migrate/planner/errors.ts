import { defineError } from '../../core/errors.ts'

export const annotationRefused = defineError<{ origin: string; object: string; sqlState: string; reason: string }>({
  code: 'SUB_ANNOTATION_REFUSED',
  summary: 'PostgreSQL refuses the object that an annotation declares. Nothing was written or applied.',
  mend: 'Correct the SQL in the annotation, or what it needs (an extension, a function, a column).',
  message: ({ origin, object, reason }) => `${origin} (${object}): PostgreSQL says: ${reason}.`,
})

export const planRefused = defineError<{ sqlState: string; reason: string; line: number | undefined; script: string }>({
  code: 'SUB_MIGRATION_PLAN_REFUSED',
  summary: 'The migration was tried in the shadow database, and PostgreSQL refused it. Nothing was written or applied.',
  mend: 'Where an object made by hand is in the way, remove or change it in a migration of its own first (--create-only).',
  message: ({ reason, line, script }) =>
    `The planned migration fails${line === undefined ? '' : ` at line ${line}`}: ${reason}.\n\n${script.trimEnd()}\n\n`,
})

export const planIncomplete = defineError<{ objects: readonly string[] }>({
  code: 'SUB_MIGRATION_PLAN_INCOMPLETE',
  summary: 'The planned migration does not lead to what the schema declares. Nothing was written or applied.',
  mend: 'This is a fault of Substrata: please report it with the annotations of these objects.',
  message: ({ objects }) => `After the planned migration these would still differ: ${objects.join(', ')}.`,
})

export const objectNotOurs = defineError<{ objects: readonly { object: string; comment: string }[] }>({
  code: 'SUB_OBJECT_NOT_OURS',
  summary: 'An annotation declares an object that the migrations have already made by hand.',
  mend:
    'Give one of the two another name. Or let Substrata take over the existing one: run the statement above in a migration of its own ' +
    '(--create-only); the next `substrata migrate dev` takes it as the declared object.',
  message: ({ objects }) =>
    `Made by hand, and now declared:\n${objects.map(({ object, comment }) => `  ${object}\n    ${comment};`).join('\n')}\n`,
})

export const nameTwice = defineError<{ object: string; origins: readonly string[] }>({
  code: 'SUB_OBJECT_NAMED_TWICE',
  summary: 'Two declarations of the schema give their objects the same name in the database.',
  mend: 'Give one of them a `name`.',
  message: ({ object, origins }) => `${origins.join(' and ')} would both make ${object}.`,
})

export const functionFile = defineError<{ origin: string; found: number }>({
  code: 'SUB_FUNCTION_FILE',
  summary: 'A file of @function does not make exactly one function.',
  mend: 'Write one CREATE OR REPLACE FUNCTION or PROCEDURE in it, and nothing else.',
  message: ({ origin, found }) => `${origin} makes ${found === 0 ? 'none' : found}.`,
})

/** One thing that vanishes while another of the same shape appears. */
export interface RenameCandidate {
  readonly what: 'field' | 'model' | 'enum'
  /** As `--rename` takes it: `User.name:fullName`. */
  readonly flag: string
}

export const renameUndecided = defineError<{ candidates: readonly RenameCandidate[] }>({
  code: 'SUB_RENAME_UNDECIDED',
  summary:
    'Something vanishes from the schema while something of the same shape appears: renamed, or dropped and added?',
  mend: 'Repeat the command with --rename for what was renamed; with --accept-data-loss the rest is dropped and added anew.',
  message: ({ candidates }) =>
    `These may be renames, which keep the data:\n${candidates.map(({ flag }) => `  --rename ${flag}`).join('\n')}\n`,
})

export const renameUnknown = defineError<{ flag: string; vanished: readonly string[]; appeared: readonly string[] }>({
  code: 'SUB_RENAME_UNKNOWN',
  summary: 'A --rename names nothing that vanishes from the schema and nothing that appears in it.',
  mend: 'Write --rename Model.oldField:newField, or --rename OldModel:NewModel; old names are those of the database.',
  message: ({ flag, vanished, appeared }) =>
    `--rename ${flag} does not fit. Vanished: ${vanished.join(', ') || 'nothing'}. Appeared: ${appeared.join(', ') || 'nothing'}.`,
})
