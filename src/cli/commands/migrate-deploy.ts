import { deployMigrations } from '../../migrate/index.ts'
import { type CommandDefinition, type ProjectOptions, projectFlags } from '../command.ts'
import { loadProject } from '../project.ts'

export const migrateDeploy: CommandDefinition<ProjectOptions> = {
  name: 'migrate deploy',
  summary: 'apply the pending migrations',
  description:
    "Writes Prisma's own ledger: `prisma migrate deploy` and `status` agree with it, before and after. Connects as the owner:\n" +
    'MIGRATE_DATABASE_URL, else the URL of prisma.config.ts, else DATABASE_URL.',
  examples: [
    ['substrata migrate deploy', 'apply what is pending'],
    ['substrata migrate deploy --json', 'the same, for a program'],
  ],
  flags: projectFlags,
  async run(options, { terminal }) {
    const { url, migrationsDirectory: directory } = await loadProject(options)
    const onApply = (name: string) => terminal.note(`Applying ${name} ...`)
    const result = await deployMigrations({ url, directory, onApply })
    const { applied, already, edited, absent } = result
    const { green, yellow } = terminal.colors
    return {
      json: { applied, already, edited, absent },
      lines: [
        applied.length === 0
          ? `Nothing to apply; ${already.length} ${migrations(already.length)} applied before.`
          : green(`Applied ${applied.length} ${migrations(applied.length)}, the last ${applied.at(-1)}.`),
        ...edited.map((name) => yellow(`${name} was changed after it was applied: the change reaches no database.`)),
        ...absent.map((name) => yellow(`${name} is applied, but not in the directory.`)),
      ],
    }
  },
}

function migrations(count: number): string {
  return count === 1 ? 'migration' : 'migrations'
}
