import { dropImportLedger } from '../../features/bulk/index.ts'
import { openEngine } from '../../migrate/engine/index.ts'
import { deployMigrations } from '../../migrate/index.ts'
import { type CommandDefinition, type ProjectOptions, projectFlags } from '../command.ts'
import { confirmationNeeded } from '../errors.ts'
import { exitCodes } from '../exit-codes.ts'
import { loadProject } from '../project.ts'

export const migrateReset: CommandDefinition<ProjectOptions & { force?: boolean }> = {
  name: 'migrate reset',
  summary: 'drop everything in the database and apply every migration',
  description: 'For development. Asks first; where nobody can be asked, --force is needed.',
  examples: [
    ['substrata migrate reset', 'ask, then start over'],
    ['substrata migrate reset --force', 'start over without asking'],
  ],
  flags: [...projectFlags, { flags: '--force', description: 'do not ask' }],
  async run(options, { terminal }) {
    const { url, schema, migrationsDirectory: directory } = await loadProject(options)
    const action = `delete all data in the database ${decodeURIComponent(new URL(url).pathname.slice(1))}`
    if (options.force !== true) {
      const answer = await terminal.confirm(`This will ${action}. Go on?`)
      if (answer === 'nobody') throw confirmationNeeded({ action })
      if (!answer) return { exitCode: exitCodes.usage, json: { reset: false }, lines: ['Nothing was done.'] }
    }
    await resetDatabase(url, schema)
    const { applied } = await deployMigrations({
      url,
      directory,
      onApply: (name) => terminal.note(`Applying ${name} ...`),
    })
    return {
      json: { reset: true, applied },
      lines: [
        terminal.colors.green(
          `The database was reset and ${applied.length === 1 ? '1 migration' : `${applied.length} migrations`} applied.`,
        ),
      ],
    }
  },
}

async function resetDatabase(url: string, schema: Parameters<typeof openEngine>[0]['schema']): Promise<void> {
  await using engine = await openEngine({ url, schema })
  await engine.reset()
  await dropImportLedger(url)
}
