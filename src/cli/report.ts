import pc from 'picocolors'
import { isSubstrataError } from '../core/errors.ts'
import type { Outcome } from './command.ts'
import { hasColors } from './terminal.ts'

export interface ReportOptions {
  readonly json: boolean
  /** Stack traces and causes. */
  readonly debug: boolean
}

/** Prints what a command has found: one JSON document, or lines. */
export function reportOutcome({ json, lines }: Outcome, options: ReportOptions): void {
  if (options.json) console.log(JSON.stringify(json, undefined, 2))
  else for (const line of lines) console.log(line)
}

/** Prints a failure: with `--json` as the document on standard output, else on standard error. */
export function reportError(error: unknown, options: ReportOptions): void {
  if (options.json) {
    console.log(JSON.stringify({ error: describe(error, options) }, undefined, 2))
    return
  }
  const colors = pc.createColors(hasColors(process.stderr))
  const { code, message } = describe(error, options)
  console.error(`${colors.red(code === undefined ? 'Error' : `Error ${code}`)}: ${message}`)
  if (options.debug) console.error(error)
}

interface Description {
  readonly code: string | undefined
  readonly message: string
  readonly details?: object
  readonly stack?: string
}

function describe(error: unknown, { debug }: ReportOptions): Description {
  const stack = debug && error instanceof Error && error.stack !== undefined ? { stack: error.stack } : {}
  if (isSubstrataError(error)) return { code: error.code, message: error.message, details: error.details, ...stack }
  return { code: undefined, message: messageOf(error), ...stack }
}

/** A host of several addresses fails with one error for each, and none of its own to say. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ')
  return error instanceof Error ? error.message : String(error)
}
