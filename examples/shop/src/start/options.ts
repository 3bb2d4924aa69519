import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { StartError, USAGE } from './errors.ts'

export interface StartOptions {
  readonly scale: number
  readonly seed: boolean
  readonly reset: boolean
  readonly port: number
  readonly allowOtherTables: boolean
  /** A database of the user's own; without it the shop starts one. */
  readonly database?: { readonly url: string; readonly ownerUrl: string; readonly ownerGiven: boolean }
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads the command line and the environment.
 *
 * @returns undefined when the user asked for help, which has been printed.
 * @throws StartError with exit code 2 for anything that is written wrongly.
 */
export function readOptions(args: readonly string[], environment: Environment): StartOptions | undefined {
  refuseSwallowedFlags(environment)
  const command = define()
  try {
    command.parse(args, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return undefined
    throw new StartError(`${error.message.replace(/^error: /, '')}\n\n${command.helpInformation()}`, {
      exitCode: USAGE,
    })
  }
  const flags = command.opts<Pick<StartOptions, 'scale' | 'seed' | 'reset' | 'port' | 'allowOtherTables'>>()
  const url = databaseUrl(environment, 'DATABASE_URL')
  const ownerUrl = databaseUrl(environment, 'MIGRATE_DATABASE_URL')
  if (url === undefined) {
    if (ownerUrl !== undefined)
      throw new StartError('MIGRATE_DATABASE_URL is set without DATABASE_URL: set both, or neither.', {
        exitCode: USAGE,
      })
    return flags
  }
  return { ...flags, database: { url, ownerUrl: ownerUrl ?? url, ownerGiven: ownerUrl !== undefined } }
}

function define(): Command {
  return new Command('npm start --')
    .description('Opens the shop on a real PostgreSQL with a standby.')
    .option('--scale <factor>', 'how much data to seed; 20 gives a million posts', scale, 1)
    .option('--seed', 'seed the database of DATABASE_URL (the one that is started here is always seeded)', false)
    .option('--reset', "start over: throw the shop's data away first", false)
    .option('--port <number>', 'of the shop; the next one when it is taken', port, 3000)
    .option('--allow-other-tables', 'use a DATABASE_URL whose other schemas hold something', false)
    .helpOption('--help', 'this text')
    .addHelpText(
      'after',
      `
Environment:
  DATABASE_URL          use this database instead of starting one
  MIGRATE_DATABASE_URL  the same database as the role that owns the tables; default: DATABASE_URL`,
    )
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
}

function scale(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !(value > 0 && value <= 1000))
    throw new InvalidArgumentError('It takes a number above 0, at most 1000.')
  return value
}

function port(text: string): number {
  if (!/^\d+$/.test(text) || Number(text) > 65_535) throw new InvalidArgumentError('It takes a number from 0 to 65535.')
  return Number(text)
}

/** npm keeps flags that stand before `--` for itself, so that `npm start --reset` would silently not reset. */
function refuseSwallowedFlags(environment: Environment): void {
  if (environment.npm_lifecycle_event !== 'start') return
  const flags = ['scale', 'seed', 'reset', 'port', 'allow_other_tables']
  const swallowed = flags.find((flag) => environment[`npm_config_${flag}`] !== undefined)
  if (swallowed === undefined) return
  const flag = `--${swallowed.replaceAll('_', '-')}`
  throw new StartError(`npm kept ${flag} for itself. Put two dashes before it: npm start -- ${flag}`, {
    exitCode: USAGE,
  })
}

function databaseUrl(environment: Environment, name: string): string | undefined {
  const text = environment[name]
  if (text === undefined || text === '') return undefined
  const url = URL.canParse(text) ? new URL(text) : undefined
  // The value stays out of the message: it holds a password.
  if (url === undefined || !/^postgres(ql)?:$/.test(url.protocol) || url.pathname.length < 2)
    throw new StartError(`${name} is not usable. It looks like this: postgresql://user:password@host:5432/database`, {
      exitCode: USAGE,
    })
  return text
}
