import { relative } from 'node:path'
import { type DevResult, type FoundLoss, migrateDev as runMigrateDev } from '../../migrate/dev/index.ts'
import { type CommandDefinition, type ProjectOptions, projectFlags } from '../command.ts'
import { loadProject } from '../project.ts'
import type { Terminal } from '../terminal.ts'

interface Options extends ProjectOptions {
  name?: string
  rename?: string[]
  shadowUrl?: string
  acceptDataLoss?: boolean
  createOnly?: boolean
}

export const migrateDev: CommandDefinition<Options> = {
  name: 'migrate dev',
  summary: 'write one migration for what changed in the schema, and apply it to the development database',
  description:
    'Models by Prisma, objects of annotations by Substrata, in one ordinary migration.sql. The state is known by replaying the\n' +
    'migrations in a shadow database, which is created beside the development database, or given. What is there by hand stays.\n' +
    'Asks before data is lost and whether something was renamed; where nobody can be asked, the flags below decide.',
  examples: [
    ['substrata migrate dev --name add_orders', 'write and apply prisma/migrations/…_add_orders'],
    ['substrata migrate dev --name names --rename User.name:fullName', 'keep the column’s values under its new name'],
    ['substrata migrate dev --name people --rename users:Person', 'keep the table’s rows under its new name'],
    ['substrata migrate dev --name draft --create-only', 'write it, to be edited before the next run applies it'],
  ],
  flags: [
    ...projectFlags,
    { flags: '-n, --name <name>', description: "the new migration's name" },
    { flags: '--rename <old:new...>', description: 'Model.oldField:newField, oldTable:NewModel or OldEnum:NewEnum' },
    { flags: '--shadow-url <url>', description: 'a database to replay migrations in; it is emptied' },
    { flags: '--accept-data-loss', description: 'do not ask before data is lost' },
    { flags: '--create-only', description: 'write the migration, and do not apply it' },
  ],
  async run(options, { terminal }) {
    const { url, shadowUrl, schemaPath, migrationsDirectory: directory } = await loadProject(options)
    const result = await runMigrateDev({
      url,
      shadowUrl: options.shadowUrl ?? shadowUrl,
      schemaPath,
      directory,
      name: async () => options.name ?? (await terminal.ask("The new migration's name:")),
      renames: options.rename ?? [],
      async askRename({ what, from, to }) {
        const answer = await terminal.confirm(`Is the ${what} ${to} the former ${from}, renamed?`)
        return answer === 'nobody' && options.acceptDataLoss === true ? false : answer
      },
      confirmLoss: (losses) => confirmLoss(losses, options, terminal),
      createOnly: options.createOnly === true,
      onApply: (name) => terminal.note(`Applying ${name} ...`),
    })
    return { json: describe(result), lines: lines(result, terminal) }
  },
}

async function confirmLoss(
  losses: readonly FoundLoss[],
  { acceptDataLoss }: Options,
  terminal: Terminal,
): Promise<boolean | 'nobody'> {
  const messages = losses.map(({ message }) => terminal.colors.yellow(message))
  if (acceptDataLoss !== true) return terminal.confirm([...messages, 'Go on?'].join('\n'))
  for (const message of messages) terminal.note(message)
  return true
}

function describe({ pending, migration, losses, renames }: DevResult): object {
  return {
    applied: [...pending, ...(migration?.applied ? [migration.name] : [])],
    migration:
      migration === undefined ? null : { name: migration.name, file: migration.file, applied: migration.applied },
    renames,
    losses: losses.map(({ kind, schema, table, column, rows, message }) => ({
      kind,
      schema,
      table,
      column,
      rows,
      message,
    })),
  }
}

function lines({ pending, migration }: DevResult, { colors: { green } }: Terminal): string[] {
  const before = pending.length > 0 ? [green(`Applied: ${pending.join(', ')}.`)] : []
  if (migration === undefined) return [...before, 'Nothing has changed: the migrations make what the schema declares.']
  const file = relative('', migration.file)
  if (migration.applied) return [...before, green(`Wrote and applied ${file}.`)]
  return [
    ...before,
    green(`Wrote ${file}.`),
    'Edit it as you need; the next `substrata migrate dev` or `deploy` applies it.',
  ]
}
