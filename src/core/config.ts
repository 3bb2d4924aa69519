// zod/v3: the same package's other entry costs 45 ms to import, this one 10.
import { z } from 'zod/v3'
import { configInvalid } from './config-errors.ts'
import { type ConnectionConfig, parseConnectionUrl } from './connection-url.ts'
import {
  type PaginationConfig,
  type PaginationInput,
  paginationOf,
  paginationSchema,
  withSecrets,
} from './pagination-config.ts'

export type Environment = 'development' | 'test' | 'staging' | 'production'

/** What a preset sets, and what code or the environment can change. */
export interface ConfigInput {
  /** Default: `SUBSTRATA_ENV`, then `NODE_ENV`, then development. */
  readonly environment?: Environment | undefined
  /** Default: `DATABASE_URL`. */
  readonly url?: string | undefined
  /** URLs of streaming standbys. Default: `DATABASE_REPLICA_URLS`, separated by blanks. */
  readonly replicas?: readonly string[] | undefined
  /** Of this process, to each node; lanes included. Preset, or `DATABASE_MAX_CONNECTIONS`. */
  readonly maxConnections?: number | undefined
  /** Kept open although nobody needs them. Default 1, or `DATABASE_MIN_CONNECTIONS`. */
  readonly minConnections?: number | undefined
  /** How many of the connections may become lanes, shared by reads; 0 turns lanes off. Default: a quarter, at most 4. */
  readonly lanes?: number | undefined
  /** How many reads may wait for an answer on one lane. Default 64. */
  readonly laneDepth?: number | undefined
  /** Milliseconds after which the server stops a statement; 0 for never. Default 30 s, or `DATABASE_QUERY_TIMEOUT`. */
  readonly queryTimeout?: number | undefined
  /** Milliseconds that a caller may wait for a connection. Default 5 s, or `DATABASE_ACQUIRE_TIMEOUT`. */
  readonly acquireTimeout?: number | undefined
  /** How many callers may wait for a connection. Default 10,000. */
  readonly maxWaiting?: number | undefined
  /** Milliseconds. Default 5 s. */
  readonly connectTimeout?: number | undefined
  /** Milliseconds after which an unused connection above the minimum is closed. Default 1 minute. */
  readonly idleTimeout?: number | undefined
  /** Milliseconds after which a connection is replaced, less up to a tenth at random. Default 30 minutes; 0 for never. */
  readonly maxLifetime?: number | undefined
  /** Milliseconds that a connection may be held before it is reported as leaked, with the stack. Default 0: off. */
  readonly leakThreshold?: number | undefined
  /** Statements are logged. */
  readonly logging?: boolean | undefined
  /** Milliseconds from which a statement is logged as slow. Default 500. */
  readonly slowQuery?: number | undefined
  /** Events and logs carry the values of parameters. Default false. */
  readonly showValues?: boolean | undefined
  /** Prepared statements; `auto` turns them off where a transaction pooler is in the way. */
  readonly namedStatements?: 'auto' | boolean | undefined
  readonly applicationName?: string | undefined
  /** TLS, in libpq's words; more than the URL says, or instead of it. */
  readonly tls?:
    | {
        readonly mode?: 'disable' | 'require' | 'verify-ca' | 'verify-full' | undefined
        readonly rootCertificate?: string | undefined
        readonly certificate?: string | undefined
        readonly key?: string | undefined
        readonly keyPassword?: string | undefined
        readonly revocationList?: string | undefined
        readonly negotiation?: 'postgres' | 'direct' | undefined
        readonly channelBinding?: 'prefer' | 'disable' | undefined
      }
    | undefined
  readonly pagination?: PaginationInput | undefined
}

/** A checked configuration. Frozen; printing it shows no secret. */
export interface DatabaseConfig {
  readonly environment: Environment
  readonly primary: ConnectionConfig
  readonly replicas: readonly ConnectionConfig[]
  readonly pool: PoolConfig
  readonly logging: boolean
  readonly slowQuery: number
  readonly showValues: boolean
  readonly pagination: PaginationConfig
}

/** Limits of the connections to one node. Times in milliseconds. */
export interface PoolConfig {
  readonly maxConnections: number
  readonly minConnections: number
  readonly lanes: number
  readonly laneDepth: number
  readonly queryTimeout: number
  readonly acquireTimeout: number
  readonly maxWaiting: number
  readonly connectTimeout: number
  readonly idleTimeout: number
  readonly maxLifetime: number
  readonly leakThreshold: number
  readonly namedStatements: 'auto' | boolean
  readonly applicationName: string
}

const presets: Readonly<Record<Environment, { readonly maxConnections: number; readonly logging: boolean }>> = {
  development: { maxConnections: 5, logging: true },
  test: { maxConnections: 5, logging: false },
  staging: { maxConnections: 10, logging: true },
  production: { maxConnections: 20, logging: false },
}

const environments = ['development', 'test', 'staging', 'production'] as const satisfies readonly Environment[]
const milliseconds = z.number().int().min(0).max(2_147_483_647)
const count = z.number().int().min(1).max(10_000)

const schema = z.strictObject({
  environment: z.enum(environments, { message: `is none of ${environments.join(', ')}` }),
  url: z.string({ required_error: 'is missing: set DATABASE_URL' }).min(1, 'is empty: set DATABASE_URL'),
  replicas: z.array(z.string().min(1)),
  maxConnections: count,
  minConnections: z.number().int().min(0),
  lanes: z.number().int().min(0).max(64).optional(),
  laneDepth: count,
  queryTimeout: milliseconds,
  acquireTimeout: milliseconds.min(1),
  maxWaiting: z.number().int().min(0),
  connectTimeout: milliseconds.min(1),
  idleTimeout: milliseconds,
  maxLifetime: milliseconds,
  leakThreshold: milliseconds,
  logging: z.boolean(),
  slowQuery: milliseconds,
  showValues: z.boolean(),
  namedStatements: z.union([z.literal('auto'), z.boolean()], {
    errorMap: () => ({ message: "is neither 'auto', true nor false" }),
  }),
  applicationName: z.string().min(1).max(63),
  tls: z.strictObject({
    mode: z.string().optional(),
    rootCertificate: z.string().optional(),
    certificate: z.string().optional(),
    key: z.string().optional(),
    keyPassword: z.string().optional(),
    revocationList: z.string().optional(),
    negotiation: z.string().optional(),
    channelBinding: z.string().optional(),
  }),
  pagination: paginationSchema,
})

/**
 * Builds the configuration: the environment's preset, over it the process environment, over it the URL's parameters, over
 * it what the code says.
 *
 * @throws SUB_CONFIG_INVALID with every fault at once in `details.faults`, none of them showing a value.
 */
export function defineConfig(
  input: ConfigInput = {},
  env: Readonly<Record<string, string | undefined>> = process.env,
): DatabaseConfig {
  const faults: string[] = []
  const environment = input.environment ?? env.SUBSTRATA_ENV ?? env.NODE_ENV ?? 'development'
  const fromCode = defined(input)
  const merged = {
    ...defaults,
    ...(isEnvironment(environment) ? presets[environment] : presets.production),
    ...fromEnvironment(env, faults),
    ...fromCode,
  }
  const tls = schema.shape.tls.safeParse(merged.tls)
  const site = { tls: tls.success ? tls.data : {}, mustChooseTls: !['development', 'test'].includes(environment) }
  const parse = (path: string, url: unknown) =>
    typeof url === 'string' && url !== '' ? parseConnectionUrl(path, url, site, faults) : undefined
  const primary = parse('url', merged.url)
  const replicas = (Array.isArray(merged.replicas) ? merged.replicas : []).map((url, i) => parse(`replicas[${i}]`, url))

  const pagination = paginationOf(env, input.pagination)
  const { success, data, error } = schema.safeParse({
    ...merged,
    environment,
    ...primary?.settings,
    ...fromCode,
    pagination,
  })
  if (error) for (const issue of error.issues) faults.push(`${issue.path.join('.')} ${issue.message}`.trimStart())
  if (!success || primary === undefined || faults.length > 0) throw configInvalid({ faults })

  const lanes = data.lanes ?? Math.min(4, Math.floor(data.maxConnections / 4))
  if (lanes > 0 && lanes >= data.maxConnections)
    faults.push('lanes leaves no connection for writes: it must be below maxConnections')
  if (data.minConnections > data.maxConnections) faults.push('minConnections is above maxConnections')
  if (faults.length > 0) throw configInvalid({ faults })

  return deepFreeze({
    environment: data.environment,
    primary: primary.connection,
    replicas: replicas.flatMap((replica) => (replica === undefined ? [] : [replica.connection])),
    pool: {
      maxConnections: data.maxConnections,
      lanes,
      minConnections: data.minConnections,
      laneDepth: data.laneDepth,
      queryTimeout: data.queryTimeout,
      acquireTimeout: data.acquireTimeout,
      maxWaiting: data.maxWaiting,
      connectTimeout: data.connectTimeout,
      idleTimeout: data.idleTimeout,
      maxLifetime: data.maxLifetime,
      leakThreshold: data.leakThreshold,
      namedStatements: data.namedStatements,
      applicationName: data.applicationName,
    },
    logging: data.logging,
    slowQuery: data.slowQuery,
    showValues: data.showValues,
    pagination: withSecrets(data.pagination),
  })
}

const defaults = {
  replicas: [],
  minConnections: 1,
  laneDepth: 64,
  queryTimeout: 30_000,
  acquireTimeout: 5_000,
  maxWaiting: 10_000,
  connectTimeout: 5_000,
  idleTimeout: 60_000,
  maxLifetime: 30 * 60_000,
  leakThreshold: 0,
  slowQuery: 500,
  showValues: false,
  namedStatements: 'auto',
  applicationName: 'substrata',
  tls: {},
} as const

function isEnvironment(name: unknown): name is Environment {
  return environments.some((environment) => environment === name)
}

function fromEnvironment(env: Readonly<Record<string, string | undefined>>, faults: string[]) {
  const whole = (name: string) => {
    const value = env[name]
    if (value === undefined || value === '') return undefined
    if (/^\d{1,10}$/.test(value)) return Number(value)
    faults.push(`${name} is not a whole number`)
    return undefined
  }
  return defined({
    url: env.DATABASE_URL,
    replicas: env.DATABASE_REPLICA_URLS?.split(/\s+/).filter((url) => url !== ''),
    maxConnections: whole('DATABASE_MAX_CONNECTIONS'),
    minConnections: whole('DATABASE_MIN_CONNECTIONS'),
    queryTimeout: whole('DATABASE_QUERY_TIMEOUT'),
    acquireTimeout: whole('DATABASE_ACQUIRE_TIMEOUT'),
  })
}

/** Without the properties that are undefined, so that spreading it overrides nothing by accident. */
function defined<T extends object>(input: T): Partial<T> {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as Partial<T>
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const inner of Object.values(value)) deepFreeze(inner)
  }
  return value
}
