import type { CommandDefinition } from '../command.ts'
import { runPrisma } from '../prisma.ts'

export const prisma: CommandDefinition = {
  name: 'prisma',
  summary: "Prisma's own CLI, with no engine to download",
  description:
    "Runs the project's installed Prisma with every argument as it stands, and ends with its exit code. The schema engine is\n" +
    "Prisma's, in WebAssembly over pg. Differences to the native engine: docs/guides/prisma-cli.md.",
  examples: [
    ['substrata prisma generate', 'run every generator of the schema'],
    ['substrata prisma migrate status', 'compare migrations and database'],
    ['substrata prisma migrate dev --help', "Prisma's own help"],
  ],
  passThrough: true,
  run: async (_options, { args }) => ({ exitCode: await runPrisma(args), json: {}, lines: [] }),
}
