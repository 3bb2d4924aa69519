/** The arguments of bulk writes, checked before anything is sent. */
import { type Arguments, definedEntries, isPlainObject, type Runtime } from '../../query/call.ts'
import type { Strategy } from '../../query/index.ts'
import { bulkArgument } from './errors.ts'
import type { Row } from './rows/groups.ts'

/** @throws SUB_BULK_ARGUMENT for anything but an object of these arguments */
export function argumentsOf(operation: string, given: unknown, known: readonly string[], runtime: Runtime): Arguments {
  if (!isPlainObject(given)) throw bulkArgument({ operation, argument: 'the argument', fault: 'takes an object' })
  const entries = definedEntries(given, runtime)
  for (const [argument] of entries)
    if (!known.includes(argument))
      throw bulkArgument({ operation, argument, fault: `is not known; there are ${known.join(', ')}` })
  return Object.fromEntries(entries)
}

export function dataOf(operation: string, data: unknown): readonly Row[] {
  if (!Array.isArray(data)) throw bulkArgument({ operation, argument: 'data', fault: 'takes a list of rows' })
  return data as readonly Row[]
}

export function choiceOf<const Choice extends string>(
  operation: string,
  argument: string,
  given: unknown,
  choices: readonly Choice[],
): Choice | undefined {
  if (given === undefined) return undefined
  const found = choices.find((choice) => choice === given)
  if (found !== undefined) return found
  throw bulkArgument({ operation, argument, fault: `takes ${choices.map((each) => `'${each}'`).join(' or ')}` })
}

export function strategyOf(operation: string, given: unknown): Strategy | undefined {
  return choiceOf(operation, 'strategy', given, ['values', 'unnest', 'copy'])
}
