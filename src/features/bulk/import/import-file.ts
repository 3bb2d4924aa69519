/** `importFrom` without a Prisma client: for the command line, which has a schema and a database only. */

import type { Caller } from '../../../client/index.ts'
import { prismaRuntime } from '../../../client/runtime.ts'
import { defineConfig } from '../../../core/config.ts'
import { type ContextInput, createContext } from '../../../core/context.ts'
import { createEvents } from '../../../core/events.ts'
import { startOperation } from '../../../core/operation.ts'
import { answerOf } from '../../../pg/answer.ts'
import { createSession, isDatabaseError, type Session } from '../../../pg/index.ts'
import { Compiler, loadIdMakers, type Runtime, WhereCompiler } from '../../../query/index.ts'
import type { SchemaMeta } from '../../../schema/model-meta.ts'
import { importModel, importRefused } from './errors.ts'
import { type ImportResult, importFrom } from './import-from.ts'

export interface ImportFileOptions {
  /** Of the application's role. */
  readonly url: string
  readonly schema: SchemaMeta
  readonly model: string
  readonly file: string
  /** As `importFrom` takes them. */
  readonly options: Readonly<Record<string, unknown>>
  readonly context?: ContextInput | undefined
  readonly signal?: AbortSignal | undefined
}

/** @throws SUB_IMPORT_MODEL, SUB_IMPORT_REFUSED, and what `importFrom` throws */
export async function importFile(given: ImportFileOptions): Promise<ImportResult> {
  const { url, schema, model, file, options } = given
  if (!Object.hasOwn(schema.models, model)) throw importModel({ model, models: Object.keys(schema.models) })
  const { primary: connection, pool } = defineConfig({ url, environment: 'production', maxConnections: 2, lanes: 0 })
  const session = createSession({ node: 'primary', connection, pool, events: createEvents(), context: 'always' })
  try {
    const caller = await callerOf(session, await prismaRuntime(), given)
    return (await importFrom.run(caller, file, options)) as ImportResult
  } catch (error) {
    if (!isDatabaseError(error)) throw error
    throw importRefused({ code: error.code ?? '', answer: answerOf(error) ?? error.message }, { cause: error })
  } finally {
    await session.close()
  }
}

async function callerOf(session: Session, runtime: Runtime, given: ImportFileOptions): Promise<Caller> {
  const { schema, model, signal } = given
  const context = given.context && createContext(given.context)
  const compiler = new Compiler(schema, runtime, { makers: await loadIdMakers(schema) })
  const where = new WhereCompiler(schema, runtime)
  function next(): Caller {
    const operation = startOperation({ name: 'importFrom', model, kind: 'write', context, signal })
    return {
      schema,
      model: schema.models[model]!,
      compiler,
      where,
      operation,
      session,
      within: undefined,
      execute: (statement) => session.execute(operation, statement),
      transaction: (body, options = {}) => session.transaction(operation, options, body),
      explain: async (failure) => failure,
      asFindMany: (args, read) => read(args),
      next,
    }
  }
  return next()
}
