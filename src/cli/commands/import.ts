import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { featureAnnotations } from '../../features/annotations.ts'
import {
  type BadRow,
  createImportLedger,
  type ImportProgress,
  type ImportResult,
  importFile,
} from '../../features/bulk/index.ts'
import { loadSchema } from '../../schema/index.ts'
import { type CommandDefinition, type ProjectOptions, projectFlags } from '../command.ts'
import { usage } from '../errors.ts'
import { exitCodes } from '../exit-codes.ts'
import { loadProject } from '../project.ts'
import type { Terminal } from '../terminal.ts'

interface Options extends ProjectOptions {
  model?: string
  conflict?: string
  update?: string
  format?: string
  delimiter?: string
  column?: string[]
  batch?: string
  token?: string
  badRows?: string
  user?: string
  tenant?: string
  role?: string
}

export const importRows: CommandDefinition<Options> = {
  name: 'import',
  summary: 'rows from a CSV or NDJSON file into a model',
  description:
    'Connects as the application: DATABASE_URL. With --conflict rows that are there are updated, others inserted; every 10,000 rows\n' +
    'are a transaction. With --token the same command goes on where it was after a crash; the table for that is created as the owner,\n' +
    'with MIGRATE_DATABASE_URL, where it is missing.',
  argument: '<file>',
  examples: [
    ['substrata import users.csv --model User', 'insert, stop at the first bad row'],
    ['substrata import users.csv --model User --conflict email', 'insert or update by a unique key'],
    ['substrata import users.csv --model User --bad-rows bad.ndjson', 'go on, and write down what was wrong'],
    ['substrata import users.csv --model User --token november', 'resumable'],
  ],
  flags: [
    { flags: '--model <name>', description: 'the model, as the schema names it' },
    { flags: '--conflict <fields>', description: 'the fields of a unique key, with commas' },
    { flags: '--update <fields>', description: 'what of rows that are there is updated (default: all but keys)' },
    { flags: '--format <name>', description: 'csv or ndjson (default: by the extension)' },
    { flags: '--delimiter <character>', description: 'between the cells of CSV (default: a comma)' },
    { flags: '--column <header=field...>', description: 'what a column of CSV is; `header=` leaves it out' },
    { flags: '--batch <rows>', description: 'rows of a transaction (default: 10000)' },
    { flags: '--token <name>', description: 'a name for this import, to resume it by' },
    { flags: '--bad-rows <file>', description: 'go on past bad rows, and write them to a file as NDJSON' },
    { flags: '--user <id>', description: 'the user in whose context it runs' },
    { flags: '--tenant <id>', description: 'the tenant in whose context it runs' },
    { flags: '--role <name>', description: 'the database role that it acts as' },
    ...projectFlags,
  ],
  async run(options, { terminal, args }) {
    const { model } = options
    if (model === undefined) throw usage({ message: 'required option --model <name> not specified.' })
    const { schemaPath, url } = await loadProject(options)
    const { schema } = loadSchema({ schemaPath, annotations: featureAnnotations })
    const owner = process.env.MIGRATE_DATABASE_URL
    if (options.token !== undefined && owner) await createImportLedger(owner)
    const progress = terminal.progress()
    const bad = options.badRows === undefined ? undefined : openBadRows(options.badRows)
    try {
      const result = await importFile({
        url: process.env.DATABASE_URL || url,
        schema,
        model,
        file: args[0] ?? '',
        context: contextOf(options),
        options: {
          ...importOptions(options),
          ...(bad && { onBadRow: (row: BadRow) => bad.write(row) }),
          onProgress: (told: ImportProgress) => progress.update(shareOf(told), wordsOf(told)),
        },
      })
      return { exitCode: result.badCount > 0 ? exitCodes.failed : exitCodes.ok, ...outcome(result, options, terminal) }
    } finally {
      progress.stop()
      await bad?.close()
    }
  },
}

function outcome({ rows, count, badCount }: ImportResult, { badRows }: Options, { colors }: Terminal) {
  const bad = badCount === 0 ? [] : [colors.yellow(`${badCount} bad rows, in ${badRows}.`)]
  return {
    json: { rows, written: count, unchanged: rows - count - badCount, bad: badCount },
    lines: [colors.green(`${rows} rows read, ${count} written.`), ...bad],
  }
}

function importOptions({ conflict, update, format, delimiter, column, batch, token }: Options): object {
  return {
    ...(conflict !== undefined && { conflict: conflict.split(',') }),
    ...(update !== undefined && { update: update.split(',') }),
    ...(format !== undefined && { format }),
    ...(delimiter !== undefined && { delimiter }),
    ...(column !== undefined && { columns: Object.fromEntries(column.map(columnOf)) }),
    ...(batch !== undefined && { batch: Number(batch) }),
    ...(token !== undefined && { token }),
  }
}

function columnOf(text: string): [header: string, field: string | null] {
  const at = text.lastIndexOf('=')
  if (at < 1) throw usage({ message: `--column takes header=field, not ${text}.` })
  return [text.slice(0, at), text.slice(at + 1) || null]
}

function contextOf({ user, tenant, role }: Options) {
  if (user === undefined && tenant === undefined && role === undefined) return undefined
  return { userId: user, tenantId: tenant, role }
}

function openBadRows(path: string) {
  const file = createWriteStream(path)
  return {
    async write(bad: BadRow) {
      if (!file.write(`${JSON.stringify(bad)}\n`)) await once(file, 'drain')
    },
    async close() {
      file.end()
      await once(file, 'close')
    },
  }
}

function shareOf({ bytes = 0, totalBytes }: ImportProgress): number {
  return totalBytes ? bytes / totalBytes : 0
}

function wordsOf({ rows, rowsPerSecond, bad, remaining }: ImportProgress): string {
  const rest = remaining === undefined ? '' : `, ${Math.ceil(remaining / 1000)} s left`
  return `${rows} rows, ${Math.round(rowsPerSecond)}/s, ${bad} bad${rest}`
}
