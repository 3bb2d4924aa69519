import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'
import type { ClientConfig } from 'pg'
import { prismaFault } from './prisma-fault.ts'
import { offersTls } from './tls.ts'

/** Where a Prisma connection URL points to, in the terms of `pg`. */
export interface Connection {
  readonly host: string
  readonly port: number
  readonly user: string | undefined
  readonly database: string
  /** The URL's `schema` parameter; PostgreSQL's `public` without it. */
  readonly schema: string
  readonly config: ClientConfig
  readonly tls: TlsPolicy
}

type TlsPolicy =
  | { readonly mode: 'off' }
  /** `preferred` encrypts where the server offers it, as `sslmode=prefer` does; `required` insists. */
  | { readonly mode: 'preferred' | 'required'; readonly options: ConnectionOptions }

/** Prisma's own default. */
const CONNECT_TIMEOUT_SECONDS = 5

/**
 * Reads a connection URL with the parameters that Prisma's native engine knows.
 *
 * @throws PrismaFault P1013 when it is not a PostgreSQL URL.
 * @see https://www.prisma.io/docs/orm/overview/databases/postgresql#connection-url
 */
export function parseConnection(connectionUrl: string): Connection {
  const url = parseUrl(connectionUrl)
  const parameters = url.searchParams
  const host = parameters.get('host') ?? (decodeURIComponent(url.hostname).replace(/^\[(.*)\]$/, '$1') || 'localhost')
  const port = Number(url.port || parameters.get('port') || 5432)
  const user = decodeURIComponent(url.username) || undefined
  const database = decodeURIComponent(url.pathname.slice(1)) || user || 'postgres'
  const password = decodeURIComponent(url.password)
  const timeout = Number(parameters.get('connect_timeout') ?? CONNECT_TIMEOUT_SECONDS)
  const options = parameters.get('options')
  return {
    host,
    port,
    user,
    database,
    schema: parameters.get('schema') ?? 'public',
    tls: host.startsWith('/') ? { mode: 'off' } : tlsPolicy(parameters),
    config: {
      host,
      port,
      database,
      ...(user !== undefined && { user }),
      ...(password !== '' && { password }),
      ...(options !== null && { options }),
      application_name: parameters.get('application_name') ?? 'substrata',
      connectionTimeoutMillis: timeout * 1000,
    },
  }
}

/** The same server and login, another database. */
export function withDatabase(connection: Connection, database: string): Connection {
  return { ...connection, database, config: { ...connection.config, database } }
}

/** True when both lead to the same database, whatever their login. */
export function isSameDatabase(a: Connection, b: Connection): boolean {
  return a.host === b.host && a.port === b.port && a.database === b.database
}

/** What a `pg` client or pool needs. Asks the server whether it offers TLS where the URL leaves that open. */
export async function clientConfig({ config, tls, host, port }: Connection): Promise<ClientConfig> {
  if (tls.mode === 'off') return { ...config, ssl: false }
  if (tls.mode === 'required') return { ...config, ssl: tls.options }
  const offered = await offersTls(host, port, config.connectionTimeoutMillis ?? 0)
  return { ...config, ssl: offered ? tls.options : false }
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined)
    throw invalidUrl('it is not a URL. Characters such as @ : / # ? in a password must be percent-encoded')
  if (url.protocol !== 'postgresql:' && url.protocol !== 'postgres:')
    throw invalidUrl(`it must begin with postgresql:// (Substrata works on PostgreSQL only), not ${url.protocol}//`)
  return url
}

function invalidUrl(why: string): Error {
  return prismaFault('P1013', `The provided database string is invalid: ${why}.`, { details: why })
}

/**
 * `sslmode` as libpq means it; `sslaccept`, `sslidentity` and a lone `sslcert` (the authority's certificate) as Prisma does.
 * Prisma accepts invalid certificates unless `sslaccept=strict` says otherwise.
 */
function tlsPolicy(parameters: URLSearchParams): TlsPolicy {
  const mode = parameters.get('sslmode') ?? 'prefer'
  if (mode === 'disable') return { mode: 'off' }
  const verified = mode === 'verify-ca' || mode === 'verify-full' || parameters.get('sslaccept') === 'strict'
  const file = (name: string): Buffer | undefined => {
    const path = parameters.get(name)
    return path === null ? undefined : readFileSync(path)
  }
  const key = file('sslkey')
  const certificate = file('sslcert')
  const authority = file('sslrootcert') ?? (key === undefined ? certificate : undefined)
  const identity = file('sslidentity')
  const passphrase = parameters.get('sslpassword')
  return {
    mode: mode === 'prefer' || mode === 'allow' ? 'preferred' : 'required',
    options: {
      rejectUnauthorized: verified,
      ...(mode === 'verify-ca' && { checkServerIdentity: () => undefined }),
      ...(authority !== undefined && { ca: authority }),
      ...(key !== undefined && certificate !== undefined && { key, cert: certificate }),
      ...(identity !== undefined && { pfx: identity }),
      ...(passphrase !== null && { passphrase }),
    },
  }
}
