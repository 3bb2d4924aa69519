import { type ConfigInput, defineConfig } from '../src/core/config.ts'
import { type ContextInput, createContext } from '../src/core/context.ts'
import { createEvents, type Events } from '../src/core/events.ts'
import { type Operation, type OperationInput, startOperation } from '../src/core/operation.ts'
import { createSession } from '../src/pg/create-session.ts'
import type { Session, SessionOptions } from '../src/pg/session.ts'
import type { Row } from '../src/pg/statement.ts'

/** A session for a test, with the events of its own and the configuration's defaults. */
export function openSession(
  url: string,
  input: ConfigInput = {},
  options: Partial<SessionOptions> = {},
): Session & AsyncDisposable & { readonly events: Events } {
  const { primary, pool } = defineConfig({ environment: 'test', ...input, url }, {})
  const events = options.events ?? createEvents()
  const session = createSession({ node: 'primary', connection: primary, pool, events, ...options })
  return { ...session, events, [Symbol.asyncDispose]: () => session.close({ deadline: 2_000 }) }
}

export function operation(
  kind: OperationInput['kind'],
  input: Partial<Omit<OperationInput, 'context'>> & { readonly context?: ContextInput | undefined } = {},
): Operation {
  const { context, ...rest } = input
  return startOperation({
    name: 'test',
    kind,
    ...rest,
    context: context === undefined ? undefined : createContext(context),
  })
}

export const read = (input?: Parameters<typeof operation>[1]) => operation('read', input)
export const write = (input?: Parameters<typeof operation>[1]) => operation('write', input)

/** The rows of a statement. */
export async function rowsOf(
  session: Session,
  of: Operation,
  text: string,
  values: readonly (string | null)[] = [],
): Promise<Row[]> {
  return (await session.execute(of, { text, values })).rows
}

/** What a promise was rejected with. */
export async function rejection(
  promise: Promise<unknown>,
): Promise<Error & { readonly code?: string; readonly details?: Record<string, unknown> }> {
  try {
    await promise
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('it was not rejected')
}
