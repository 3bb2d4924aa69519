/** One call builds the client. */
import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import { createAdapterFactory } from '../adapter/index.ts'
import { type DatabaseConfig, defineConfig } from '../core/config.ts'
import { createEvents } from '../core/events.ts'
import { startOperation } from '../core/operation.ts'
import { createSession } from '../pg/create-session.ts'
import type { Session } from '../pg/session.ts'
import { Compiler, loadIdMakers, WhereCompiler } from '../query/index.ts'
import type { SchemaMeta } from '../schema/model-meta.ts'
import { createClient } from './client.ts'
import { closeOnSignals } from './close-on-signals.ts'
import { modelUnknown, prismaAdapter, schemaFormat } from './errors.ts'
import type { Ask } from './feature.ts'
import type { CloseOptions, Ground, QueryPaths } from './ground.ts'
import { modelProperty, type PrismaInternals, requireInternals } from './internals.ts'
import { type Logger, writeLog } from './log.ts'
import { methodsExtension } from './model-methods.ts'
import { prismaRuntime } from './runtime.ts'
import { createStages, type FeatureFactory, type FeatureOptions } from './stages.ts'
import type { Additions, Substrata } from './types.ts'

export interface SubstrataOptions extends FeatureOptions {
  /** What the generator wrote. */
  readonly schema: SchemaMeta
  /** Default: `defineConfig()`, which reads the environment. */
  readonly config?: DatabaseConfig
  /**
   * `'prisma'` sends every call through Prisma's runtime, `{ Post: 'prisma' }` those of one model; `$with({ queryPath })` does so
   * for single calls. Default `'direct'`: what the compiler covers goes straight.
   */
  readonly queryPath?: QueryPaths
  /** Where slow statements, warnings and, with the configuration's `logging`, all statements are written. pino fits. */
  readonly logger?: Logger
  /** Signals on which the client is closed before the process ends by them. Default: none. */
  readonly closeOn?: readonly NodeJS.Signals[]
}

export type ClientClass<C> = new (options: ClientOptions) => C
export type ClientFactory<C> = (options: ClientOptions) => C

interface ClientOptions {
  readonly adapter: SqlDriverAdapterFactory
}

/**
 * Builds the client: the user's generated `PrismaClient`, or a function that makes one from our adapter, on Substrata's
 * sessions.
 *
 * @param features - In any order; `client/stages.ts` has theirs.
 * @throws SUB_CONFIG_INVALID, SUB_SCHEMA_FORMAT, SUB_MODEL_UNKNOWN, SUB_PRISMA_UNSUPPORTED
 */
export async function substrata<C extends object, A extends Additions>(
  PrismaClient: ClientClass<C> | ClientFactory<C>,
  { schema, config = defineConfig(), queryPath = 'direct', logger, closeOn = [], ...options }: SubstrataOptions,
  features: readonly FeatureFactory[] = [],
): Promise<Substrata<C, A>> {
  if (schema?.format !== 1) throw schemaFormat({ format: schema?.format })
  const stranger = Object.keys(typeof queryPath === 'string' ? {} : queryPath).find((name) => !schema.models[name])
  if (stranger !== undefined) throw modelUnknown({ name: stranger, known: Object.keys(schema.models) })
  const events = createEvents()
  if (logger) writeLog(events, logger, config)
  const { pool, primary, showValues } = config
  const stages = createStages(features.flatMap((make) => make(schema, options, { config, events }) ?? []))
  const { context } = stages
  const session = createSession({ node: 'primary', connection: primary, pool, events, showValues, context })
  const adapter = createAdapterFactory(session, { schema: primary.schema })
  const prisma = await onOurs(PrismaClient, adapter, session)
  let closing: Promise<void> | undefined
  async function closeBoth(options?: CloseOptions): Promise<void> {
    try {
      await session.close(options)
    } finally {
      await prisma.$disconnect()
    }
  }
  const runtime = await prismaRuntime()
  const ground: Ground = {
    prisma,
    traits: traitsOf(prisma),
    session,
    schema,
    where: new WhereCompiler(schema, runtime),
    extension: methodsExtension(stages.methods),
    compiler: new Compiler(schema, runtime, {
      omit: prisma._globalOmit,
      makers: await loadIdMakers(schema),
    }),
    events,
    transactions: new Map(),
    queryPath,
    stages,
    unprotectedCalls: new Map(),
    models: modelsOf(prisma),
    close: (options) => (closing ??= closeBoth(options)),
  }
  try {
    await stages.start(asker(session))
  } catch (error) {
    await ground.close()
    throw error
  }
  closeOnSignals(closeOn, () => ground.close())
  // The methods of `Substrata` are put in front of the user's own client, whose type they extend.
  return createClient(ground) as Substrata<C, A>
}

/** @throws SUB_PRISMA_UNSUPPORTED, SUB_PRISMA_ADAPTER, and whatever the user's own function throws; then nothing stays open. */
async function onOurs<C extends object>(
  PrismaClient: ClientClass<C> | ClientFactory<C>,
  adapter: SqlDriverAdapterFactory,
  session: Session,
): Promise<PrismaInternals> {
  try {
    const prisma = requireInternals(instantiate(PrismaClient, { adapter }))
    if (prisma._engineConfig.adapter !== adapter) throw prismaAdapter({})
    return prisma
  } catch (error) {
    await session.close({ deadline: 0 })
    throw error
  }
}

function traitsOf({ _extensions, _previewFeatures, _errorFormat }: PrismaInternals): Ground['traits'] {
  return { _extensions, _errorFormat, ...(_previewFeatures && { _previewFeatures }) }
}

function modelsOf({ _runtimeDataModel: { models } }: PrismaInternals): Ground['models'] {
  return new Map(
    Object.entries(models).map(([name, { fields }]) => {
      const property = modelProperty(name)
      const relations = fields.filter(({ kind }) => kind === 'object').map((field) => field.name)
      return [property, { name, property, relations }]
    }),
  )
}

function asker(session: Session): Ask {
  return async (sql) => {
    const text = `SELECT coalesce(json_agg(q), '[]') FROM (${sql}) q`
    const { rows } = await session.execute(startOperation({ name: 'substrata', kind: 'read' }), { text, values: [] })
    return JSON.parse(rows[0]?.[0] ?? '[]')
  }
}

/** Prisma's `warn` and `error` reach `$on` only where the client was built to emit them. */
const log = [
  { level: 'warn', emit: 'event' },
  { level: 'error', emit: 'event' },
]

function instantiate<C extends object>(PrismaClient: ClientClass<C> | ClientFactory<C>, options: ClientOptions): C {
  if (!isClass(PrismaClient)) return PrismaClient(options)
  const withLog = { ...options, log }
  return new PrismaClient(withLog)
}

function isClass<C>(make: ClientClass<C> | ClientFactory<C>): make is ClientClass<C> {
  const prototype: unknown = make.prototype
  return typeof prototype === 'object' && prototype !== null && '$connect' in prototype
}
