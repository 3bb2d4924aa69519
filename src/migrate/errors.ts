import { defineError } from '../core/errors.ts'

export const rolesAreOne = defineError<{ role: string }>({
  code: 'SUB_ROLES_ARE_ONE',
  summary: 'The owner and the application were given the same role.',
  mend: 'Give the application a role of its own: one that owns the tables bypasses their policies.',
  message: ({ role }) => `The owner and the application are both "${role}".`,
})

export const roleIsSuperuser = defineError<{ role: string }>({
  code: 'SUB_ROLE_IS_SUPERUSER',
  summary: 'A role to be created exists already and is a superuser.',
  mend: 'Choose another name; Substrata takes the rights of a superuser away from nobody.',
  message: ({ role }) => `The role "${role}" exists and is a superuser.`,
})

export const roleOwnsObjects = defineError<{ role: string; databases: readonly string[] }>({
  code: 'SUB_ROLE_OWNS_OBJECTS',
  summary: 'The application role owns tables or other objects, so their policies do not bind it.',
  mend: 'In each of these databases run REASSIGN OWNED BY the application role TO the owner.',
  message: ({ role, databases }) => `The application role "${role}" owns objects (database ${databases.join(', ')}).`,
})

export const roleIsMember = defineError<{ role: string; of: readonly string[] }>({
  code: 'SUB_ROLE_IS_MEMBER',
  summary:
    'The application role is a member of the owner, of a superuser or of a role that bypasses row-level security.',
  mend: 'REVOKE these memberships.',
  message: ({ role, of }) => `The application role "${role}" can act as ${of.join(', ')}.`,
})

export const rolesNotAllowed = defineError<{ admin: string }>({
  code: 'SUB_ROLES_NOT_ALLOWED',
  summary: 'The role that was to create the roles and their grants lacks the rights to.',
  mend: 'Connect as a superuser, or as the owner of the database with CREATEROLE and CREATEDB.',
  message: ({ admin }) => `PostgreSQL did not let "${admin}" create the roles and their grants.`,
})

export const migrationsNotFound = defineError<{ directory: string }>({
  code: 'SUB_MIGRATIONS_NOT_FOUND',
  summary: 'The migrations directory does not exist.',
  mend: 'Give the directory that holds migration_lock.toml; Prisma keeps it beside schema.prisma.',
  message: ({ directory }) => `There is no migrations directory at ${directory}.`,
})

export const migrationWithoutFile = defineError<{ migration: string }>({
  code: 'SUB_MIGRATION_WITHOUT_FILE',
  summary: 'A folder of the migrations directory holds no migration.sql (P3015 in Prisma).',
  mend: 'Delete the folder or bring the file back.',
  message: ({ migration }) => `The migration ${migration} has no migration.sql.`,
})

export const migrationsForAnother = defineError<{ provider: string }>({
  code: 'SUB_MIGRATIONS_FOR_ANOTHER_DATABASE',
  summary: 'migration_lock.toml names a database other than PostgreSQL (P3019 in Prisma).',
  mend: 'Start a new migrations directory for PostgreSQL.',
  message: ({ provider }) => `These migrations were written for ${provider}.`,
})

export const databaseNotEmpty = defineError<{ tables: readonly string[] }>({
  code: 'SUB_DATABASE_NOT_EMPTY',
  summary: 'The database holds tables but no migration ledger (P3005 in Prisma).',
  mend: 'Use an empty database, or baseline this one with `substrata prisma migrate resolve --applied`.',
  message: ({ tables }) => `The database has no migration ledger but holds ${tables.slice(0, 3).join(', ')}.`,
})

export const migrationUnresolved = defineError<{ migrations: readonly string[] }>({
  code: 'SUB_MIGRATION_UNRESOLVED',
  summary: 'An earlier deploy failed half-way; nothing more is applied before someone has looked (P3009 in Prisma).',
  mend:
    'See what it left behind (column "logs" of _prisma_migrations), then say how it ended with ' +
    '`substrata prisma migrate resolve --rolled-back NAME` or `--applied NAME`, and deploy again.',
  message: ({ migrations }) => `Failed earlier and not resolved: ${migrations.join(', ')}.`,
})

export const migrationFailed = defineError<{ migration: string; sqlState?: string; line?: number; reason?: string }>({
  code: 'SUB_MIGRATION_FAILED',
  summary: 'PostgreSQL refused a migration (P3018 in Prisma). The cause holds its answer; the ledger keeps it.',
  mend:
    'Mend the file, mark the failure with `substrata prisma migrate resolve --rolled-back NAME` and deploy again. ' +
    'A file without BEGIN and COMMIT of its own left nothing behind.',
  message: ({ migration, sqlState, line, reason }) =>
    `The migration ${migration} failed${line ? ` at line ${line}` : ''}${sqlState ? ` with SQLSTATE ${sqlState}` : ''}` +
    `${reason ? `: ${reason}` : ''}.`,
})

export const migrationLeftOpen = defineError<{ migration: string }>({
  code: 'SUB_MIGRATION_LEFT_OPEN',
  summary: 'A migration ended inside a transaction that it had begun, so nothing of that transaction was kept.',
  mend: 'Add the missing COMMIT, mark the failure with `substrata prisma migrate resolve --rolled-back NAME` and deploy again.',
  message: ({ migration }) => `The migration ${migration} left a transaction open; it was rolled back.`,
})

export const migrateLocked = defineError<{ seconds: number; holders: readonly string[] }>({
  code: 'SUB_MIGRATE_LOCKED',
  summary: 'Another deploy, or a `prisma migrate` command, holds the migration lock of this database.',
  mend: 'Wait for it to end. If it is dead, end its session with pg_terminate_backend.',
  message: ({ seconds, holders }) =>
    `The migration lock was not free within ${seconds} s; it is held by ${holders.join(', ') || 'a session that has ended since'}.`,
})
