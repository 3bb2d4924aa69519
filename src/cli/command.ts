import type { Terminal } from './terminal.ts'

/** What a command has found or done. */
export interface Outcome {
  /** Default 0; see `exit-codes.ts`. */
  readonly exitCode?: number
  /** The document that `--json` prints. */
  readonly json: object
  /** What people read instead. */
  readonly lines: readonly string[]
}

/** One flag of a command, in commander's notation. */
export interface Flag {
  /** `--schema <path>` */
  readonly flags: string
  readonly description: string
}

/** Every file of `commands/` exports one of these: parse, call, print. */
export interface CommandDefinition<Options extends object = object> {
  /** As it is typed: `migrate deploy`. */
  readonly name: string
  readonly summary: string
  /** Shown by `--help` below the summary. */
  readonly description?: string
  /** Whole command lines, each with what it does. */
  readonly examples: readonly (readonly [command: string, does: string])[]
  readonly flags?: readonly Flag[]
  /** What it takes beside flags, in commander's notation: `<file>`. */
  readonly argument?: string
  /** Everything after the command's name is passed to it as it stands; it prints for itself. */
  readonly passThrough?: boolean
  run(options: Options, context: { readonly terminal: Terminal; readonly args: readonly string[] }): Promise<Outcome>
}

/** Flags of every command that looks for the project as Prisma does. */
export interface ProjectOptions {
  schema?: string
  config?: string
}
export const projectFlags: readonly Flag[] = [
  { flags: '--schema <path>', description: 'the schema, or the folder that holds it (default: as Prisma finds it)' },
  { flags: '--config <path>', description: "Prisma's configuration file (default: as Prisma finds it)" },
]
