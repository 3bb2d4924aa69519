import type { SchemaEngine } from '@prisma/schema-engine-wasm'
import { createMigrationAdapter, type MigrationAdapter, type ScriptFailure } from './adapter.ts'
import type { Connection } from './connection.ts'
import { enginePanicked } from './errors.ts'
import { isTrap, loadEngine } from './wasm.ts'

/** One file of a Prisma schema. */
export interface SchemaFile {
  readonly path: string
  readonly content: string
}

/** The methods of Prisma's schema engine that work through a driver adapter. */
export type EngineMethod = Exclude<keyof SchemaEngine, 'free' | 'debugPanic' | symbol>
export type EngineInput<Method extends EngineMethod> = Parameters<SchemaEngine[Method]>[0]
export type EngineOutput<Method extends EngineMethod> = Awaited<ReturnType<SchemaEngine[Method]>>

/** A schema engine with its connections, in the engine's own terms: its parameters, its results, its errors. */
export interface EngineSession extends AsyncDisposable {
  /**
   * Calls one method of the engine. The parameters must be complete: what the engine cannot read counts as a panic.
   *
   * @throws PrismaFault where the failure has a code of Prisma's that the engine lost.
   * @throws SubstrataError SUB_ENGINE_PANIC; the session is of no use afterwards, except to be closed.
   * @throws Error as the engine throws it, with Prisma's code in `code`.
   */
  call<Method extends EngineMethod>(method: Method, input: EngineInput<Method>): Promise<EngineOutput<Method>>
  /** The script that the database refused last. */
  readonly scriptFailure: ScriptFailure | undefined
}

/**
 * @param options.main - The database of the project; without it only offline work is possible.
 * @param options.shadow - Used as the shadow database instead of creating one; it is emptied.
 * @param options.datamodels - The schema, for what the engine reads from it besides its models: preview features, `schemas`.
 */
export async function openSession(options: {
  main?: Connection | undefined
  shadow?: Connection | undefined
  datamodels?: readonly SchemaFile[]
}): Promise<EngineSession> {
  const adapter = createMigrationAdapter(options.main, options.shadow)
  const files = options.datamodels?.map(({ path, content }): [string, string] => [path, content]) ?? []
  const datamodels = files.length === 0 ? undefined : files
  const module = await loadEngine()

  let close = () => {}
  const end = new Promise<never>((_, reject) => {
    const stopListening = module.onPanic((message) => reject(enginePanicked({ message: firstLines(message) })))
    close = () => {
      stopListening()
      reject(new Error('the schema engine was closed'))
    }
  })
  // Also when nobody is waiting at that moment.
  end.catch(() => {})

  const guarded = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await Promise.race([work(), end])
    } catch (error) {
      throw isTrap(error) ? enginePanicked({ message: error.message }) : original(error, adapter)
    }
  }

  let engine: SchemaEngine
  try {
    engine = await guarded(() => module.SchemaEngine.new({ datamodels }, () => {}, adapter.factory))
  } catch (error) {
    close()
    await adapter[Symbol.asyncDispose]()
    throw error
  }
  return {
    call: (method, input) => guarded(() => invoke(engine, method, input)),
    get scriptFailure() {
      return adapter.scriptFailure
    },
    async [Symbol.asyncDispose]() {
      close()
      await adapter[Symbol.asyncDispose]()
    },
  }
}

function invoke<Method extends EngineMethod>(
  engine: SchemaEngine,
  method: Method,
  input: EngineInput<Method>,
): Promise<EngineOutput<Method>> {
  const call = engine[method] as (input: EngineInput<Method>) => Promise<EngineOutput<Method>>
  return call.call(engine, input)
}

/** An exception of the adapter comes back from the engine as a number to fetch it by. */
function original(error: unknown, { factory }: MigrationAdapter): unknown {
  const id = error instanceof Error ? /External error id#(\d+)/.exec(error.message)?.[1] : undefined
  return (id === undefined ? undefined : factory.errorRegistry.consumeError(Number(id))?.error) ?? error
}

function firstLines(text: string): string {
  // "panicked at file:line:\nmessage": the message is what tells.
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return lines.slice(0, 2).join(' ')
}
