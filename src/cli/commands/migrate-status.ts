import { openEngine } from '../../migrate/engine/index.ts'
import { type CommandDefinition, type ProjectOptions, projectFlags } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { loadProject } from '../project.ts'

export const migrateStatus: CommandDefinition<ProjectOptions> = {
  name: 'migrate status',
  summary: 'compare the migrations directory with the database',
  description: "Prisma's own diagnosis. Ends with 1 unless the database is up to date.",
  examples: [
    ['substrata migrate status', 'what is pending, failed or changed'],
    ['substrata migrate status --json', 'the same, for a program'],
  ],
  flags: projectFlags,
  async run(options, { terminal }) {
    const project = await loadProject(options)
    await using engine = await openEngine({ url: project.url, schema: project.schema })
    const {
      history,
      failedMigrationNames: failed,
      editedMigrationNames: edited,
    } = await engine.diagnose(project.migrationsDirectory)
    const pending = history !== null && 'unappliedMigrationNames' in history ? history.unappliedMigrationNames : []
    const absent = history !== null && 'unpersistedMigrationNames' in history ? history.unpersistedMigrationNames : []
    const upToDate = pending.length + failed.length + absent.length === 0
    const { green, red, yellow } = terminal.colors
    return {
      exitCode: upToDate ? exitCodes.ok : exitCodes.failed,
      json: { upToDate, pending, failed, edited, absent },
      lines: [
        ...(upToDate ? [green('The database is up to date.')] : []),
        ...pending.map((name) => yellow(`pending  ${name}`)),
        ...failed.map((name) => red(`failed   ${name}`)),
        ...absent.map((name) => red(`absent   ${name} is applied, but not in the directory`)),
        ...edited.map((name) => yellow(`edited   ${name} was changed after it was applied`)),
        ...(pending.length > 0 ? ['Apply with `substrata migrate deploy`.'] : []),
        ...(failed.length > 0
          ? ['Settle with `substrata prisma migrate resolve --rolled-back NAME` or `--applied NAME`.']
          : []),
      ],
    }
  },
}
