import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { isSubstrataError } from '../core/errors.ts'
import type { CommandDefinition, Outcome } from './command.ts'
import { commands, groups } from './commands/index.ts'
import { usage } from './errors.ts'
import { exitCodes } from './exit-codes.ts'
import { type ReportOptions, reportError, reportOutcome } from './report.ts'
import { createTerminal } from './terminal.ts'

/** What a flag would have answered. */
const unanswered = [
  'SUB_CONFIRMATION_NEEDED',
  'SUB_DATA_LOSS_UNCONFIRMED',
  'SUB_MIGRATION_NAME_MISSING',
  'SUB_RENAME_UNDECIDED',
  'SUB_RENAME_UNKNOWN',
] as const

/** Runs one command line and returns the exit code. Prints everything; throws nothing. */
export async function main(argv: readonly string[]): Promise<number> {
  const options = commonOptions(argv)
  let exitCode: number = exitCodes.ok
  const program = createProgram(options, (outcome) => {
    exitCode = outcome.exitCode ?? exitCodes.ok
  })
  try {
    await program.parseAsync([...argv], { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return exitCodes.ok
      // commander prefixes its messages itself.
      const message = error.message.replace(/^error: /, '').replace(/\.?$/, '.')
      reportError(usage({ message: message === '(outputHelp).' ? 'A command is missing.' : message }), options)
      return exitCodes.usage
    }
    reportError(error, options)
    return unanswered.some((code) => isSubstrataError(error, code)) ? exitCodes.usage : exitCodes.failed
  }
}

function createProgram(options: ReportOptions, done: (outcome: Outcome) => void): Command {
  const program = new Command('substrata')
    .description('The production data layer for TypeScript applications on PostgreSQL with Prisma.')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand(false)
    .enablePositionalOptions()
    .addHelpText('after', overviewNotes)
  silence(program)
  for (const definition of commands) addCommand(program, definition, options, done)
  return program
}

function addCommand(
  program: Command,
  definition: CommandDefinition,
  options: ReportOptions,
  done: (outcome: Outcome) => void,
): void {
  const words = definition.name.split(' ')
  const group = words.length === 1 ? program : groupOf(program, words[0]!)
  const command = silence(group.command(words.at(-1)!))
    .summary(definition.summary)
    .description([definition.summary, definition.description].filter(Boolean).join('\n\n'))
    .helpOption(definition.passThrough ? false : '-h, --help', 'show help')
  if (definition.passThrough) command.argument('[args...]').passThroughOptions().allowUnknownOption()
  else {
    if (definition.argument !== undefined) command.argument(definition.argument)
    for (const { flags, description } of definition.flags ?? []) command.option(flags, description)
    command.option('--json', 'print one JSON document').option('--debug', 'print stack traces')
    command.addHelpText('after', examplesText(definition))
  }
  command.action(async (...given: unknown[]) => {
    const terminal = createTerminal(options)
    const outcome = await definition.run(command.opts(), {
      terminal,
      args: argumentsOf(given[0]),
    })
    if (!definition.passThrough) reportOutcome(outcome, options)
    done(outcome)
  })
}

/** What is passed through comes as a list, a single argument as itself, and where there is none come the options. */
function argumentsOf(given: unknown): readonly string[] {
  if (typeof given === 'string') return [given]
  return Array.isArray(given) ? given.map(String) : []
}

function groupOf(program: Command, name: string): Command {
  const existing = program.commands.find((command) => command.name() === name)
  return (
    existing ??
    silence(program.command(name))
      .description(groups[name] ?? '')
      .helpCommand(false)
  )
}

/** commander throws instead of ending the process; what it has to say of an error is printed once, by `main`. */
function silence(command: Command): Command {
  return command.exitOverride().configureOutput({ outputError: () => {} })
}

function examplesText({ examples }: CommandDefinition): string {
  const width = Math.max(...examples.map(([line]) => line.length))
  return `\nExamples:\n${examples.map(([line, does]) => `  ${line.padEnd(width)}  ${does}`).join('\n')}`
}

const overviewNotes = `
Every command takes --json (one JSON document on standard output) and --debug.

Exit codes: 0 done; 1 failed, or the answer is no; 2 the command line is wrong.

Examples:
  substrata generate         Prisma's client and Substrata's metadata
  substrata migrate dev      write a migration for what changed in the schema
  substrata migrate deploy   apply the pending migrations
  substrata import users.csv --model User --conflict email
                             rows from a file, those that are there updated
  substrata doctor           what is wrong with the database and the schema
  substrata prisma validate  Prisma's own CLI, with no engine to download`

/** Read before commander parses, because also what it refuses is reported as asked. */
function commonOptions(argv: readonly string[]): ReportOptions {
  const own = argv[0] === 'prisma' ? [] : argv
  return { json: own.includes('--json'), debug: own.includes('--debug') }
}

function version(): string {
  const description: { version: string } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  )
  return description.version
}
