import { defineError } from '../../core/errors.ts'

export const migrationNameMissing = defineError({
  code: 'SUB_MIGRATION_NAME_MISSING',
  summary: 'There is something to migrate, and the migration was given no name.',
  mend: 'Repeat the command with --name, in a word or two: --name add_orders.',
  message: () => 'The new migration needs a name.',
})

export const migrationsEdited = defineError<{ migrations: readonly string[] }>({
  code: 'SUB_MIGRATIONS_EDITED',
  summary: 'Migrations were changed after they were applied to the development database.',
  mend: 'Bring the files back as they were, or start the development database over with `substrata migrate reset` (its data is lost).',
  message: ({ migrations }) => `Changed after they were applied: ${migrations.join(', ')}.`,
})

export const migrationsAbsent = defineError<{ migrations: readonly string[] }>({
  code: 'SUB_MIGRATIONS_ABSENT',
  summary: 'Migrations were applied to the development database that are not in the migrations directory.',
  mend: 'Bring the directories back, or start the development database over with `substrata migrate reset` (its data is lost).',
  message: ({ migrations }) => `Applied, but not in the migrations directory: ${migrations.join(', ')}.`,
})

export const databaseDrifted = defineError<{
  added: readonly string[]
  missing: readonly string[]
  changed: readonly string[]
}>({
  code: 'SUB_DATABASE_DRIFTED',
  summary:
    'The development database is not what the applied migrations make: somebody changed it by hand, or with `db push`.',
  mend:
    'Put it right by hand; or bring the change into the history as a migration and mark that with `substrata prisma migrate resolve ' +
    '--applied NAME`; or start over with `substrata migrate reset` (its data is lost).',
  message: ({ added, missing, changed }) =>
    `The development database differs from its migrations:\n${[
      ...added.map((each) => `  + ${each}`),
      ...missing.map((each) => `  - ${each}`),
      ...changed.map((each) => `  * ${each}`),
    ].join('\n')}\n`,
})

export const dataLossUnconfirmed = defineError<{ losses: readonly string[] }>({
  code: 'SUB_DATA_LOSS_UNCONFIRMED',
  summary:
    'The planned migration destroys data, or may fail on data, and nobody has confirmed it. Nothing was written or applied.',
  mend: 'Repeat the command with --accept-data-loss if that is what you want, or with --create-only to write and then edit the migration.',
  message: ({ losses }) =>
    `The migration would lose data or may fail:\n${losses.map((each) => `  ${each}`).join('\n')}\n`,
})

export const migrationImpossible = defineError<{ reasons: readonly string[] }>({
  code: 'SUB_MIGRATION_IMPOSSIBLE',
  summary:
    'The planned migration cannot be applied to the rows of the development database. Nothing was written or applied.',
  mend:
    'Correct the rows; or make a new field optional or give it a default; or write the migration with --create-only, and put into ' +
    'it what the rows need first.',
  message: ({ reasons }) => `The migration cannot be applied:\n${reasons.map((each) => `  ${each}`).join('\n')}\n`,
})
