import { type CommandDefinition, type ProjectOptions, projectFlags } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { runPrisma } from '../prisma.ts'

export const generate: CommandDefinition<ProjectOptions & { sql?: boolean }> = {
  name: 'generate',
  summary: "run the schema's generators: Prisma's client, Substrata's metadata",
  examples: [
    ['substrata generate', 'everything that the schema declares a generator for'],
    ['substrata generate --schema prisma/billing', 'of another schema'],
    ['substrata generate --sql', 'also the typed queries in prisma/sql'],
  ],
  flags: [...projectFlags, { flags: '--sql', description: 'also the typed queries of TypedSQL (needs the database)' }],
  async run({ schema, config, sql, json }: ProjectOptions & { sql?: boolean; json?: boolean }) {
    const args = [
      'generate',
      ...(schema === undefined ? [] : ['--schema', schema]),
      ...(config === undefined ? [] : ['--config', config]),
      ...(sql === true ? ['--sql'] : []),
    ]
    const exitCode = await runPrisma(args, json === true ? 'stderr' : 'inherit')
    return {
      exitCode: exitCode === 0 ? exitCodes.ok : exitCodes.failed,
      json: { generated: exitCode === 0 },
      lines: [],
    }
  },
}
