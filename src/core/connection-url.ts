import { isIP } from 'node:net'
import { type Secret, secret } from './secret.ts'
import { type TlsConfig, type TlsInput, tlsConfig } from './tls.ts'

/** Where one node is and how to get in. */
export interface ConnectionConfig {
  /** A name, an address, or the directory of a Unix socket. */
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  readonly password: Secret | undefined
  readonly tls: TlsConfig
  /** Prisma's `schema` parameter. */
  readonly schema: string | undefined
  /** Startup options in libpq's form: `-c search_path=app`. */
  readonly options: string | undefined
  /** `Secret`, since it holds the password. Without Prisma's own parameters, so that libpq's tools take it. */
  readonly url: Secret
}

/** What a URL says beyond the connection: Prisma's pool parameters. */
export interface UrlSettings {
  readonly maxConnections?: number
  readonly acquireTimeout?: number
  readonly connectTimeout?: number
  readonly namedStatements?: false
  readonly applicationName?: string
}

/** @param path names the URL in faults, for no fault may show the URL itself. */
export function parseConnectionUrl(
  path: string,
  text: string,
  options: { readonly tls: TlsInput; readonly mustChooseTls: boolean },
  faults: string[],
): { connection: ConnectionConfig; settings: UrlSettings } | undefined {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    faults.push(`${path} is not a URL; percent-encode special characters of the password`)
    return undefined
  }
  if (url.protocol !== 'postgresql:' && url.protocol !== 'postgres:') {
    faults.push(`${path} does not start with postgresql://`)
    return undefined
  }
  const before = faults.length
  const parameters = readParameters(path, url, faults)
  const host = parameters.host ?? decode(path, url.hostname.replace(/^\[|\]$/g, ''), faults)
  const user = decode(path, url.username, faults)
  const database = decode(path, url.pathname.slice(1), faults)
  if (host === '') faults.push(`${path} names no host`)
  if (user === '') faults.push(`${path} names no user`)
  if (database === '') faults.push(`${path} names no database`)
  if (host.includes(',')) faults.push(`${path} names several hosts; give one URL per node (replicas: […])`)
  const password = decode(path, url.password, faults)
  const tls = tlsConfig(
    path,
    { ...parameters.tls, ...options.tls },
    { local: isLocal(host), mustChoose: options.mustChooseTls },
    faults,
  )
  if (faults.length > before || tls === undefined) return undefined
  const connection: ConnectionConfig = {
    host,
    port: url.port === '' ? 5432 : Number(url.port),
    database,
    user,
    password: password === '' ? undefined : secret(password),
    tls,
    schema: parameters.schema,
    options: parameters.options,
    url: secret(withoutPrismaParameters(url)),
  }
  return { connection, settings: parameters.settings }
}

interface Parameters {
  host?: string
  schema?: string
  options?: string
  readonly tls: Mutable<TlsInput>
  readonly settings: Mutable<UrlSettings>
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }

const prismaParameters = [
  'schema',
  'connection_limit',
  'pool_timeout',
  'socket_timeout',
  'pgbouncer',
  'statement_cache_size',
]

function readParameters(path: string, url: URL, faults: string[]): Parameters {
  const found: Parameters = { tls: {}, settings: {} }
  for (const [name, value] of url.searchParams) {
    const whole = () => wholeNumber(path, name, value, faults)
    switch (name) {
      case 'host':
        found.host = value
        break
      case 'schema':
        found.schema = value
        break
      case 'options':
        found.options = value
        break
      case 'application_name':
        found.settings.applicationName = value
        break
      case 'connection_limit':
        found.settings.maxConnections = whole()
        break
      case 'pool_timeout':
        found.settings.acquireTimeout = whole() * 1000
        break
      case 'connect_timeout':
        found.settings.connectTimeout = whole() * 1000
        break
      case 'pgbouncer':
        if (value === 'true') found.settings.namedStatements = false
        break
      case 'sslmode':
        found.tls.mode = value
        break
      case 'sslrootcert':
        found.tls.rootCertificate = value
        break
      case 'sslcert':
        found.tls.certificate = value
        break
      case 'sslkey':
        found.tls.key = value
        break
      case 'sslpassword':
        found.tls.keyPassword = value
        break
      case 'sslcrl':
        found.tls.revocationList = value
        break
      case 'sslnegotiation':
        found.tls.negotiation = value
        break
      case 'channel_binding':
        found.tls.channelBinding = value
        break
      default:
        faults.push(`${path} has the parameter ${JSON.stringify(name.slice(0, 40))}, ${refusal(name)}`)
    }
  }
  return found
}

const refused: Readonly<Record<string, string>> = {
  sslaccept: "which is Prisma's former engine's: write sslmode=verify-full or sslmode=require",
  sslidentity: "which is Prisma's former engine's: write sslcert and sslkey",
  socket_timeout: 'which nothing reads: set queryTimeout',
  statement_cache_size: 'which nothing reads: set namedStatements',
  target_session_attrs: 'which nothing reads: give one URL per node',
}

function refusal(name: string): string {
  return refused[name] ?? 'which is not known here'
}

function wholeNumber(path: string, name: string, value: string, faults: string[]): number {
  if (/^\d{1,9}$/.test(value)) return Number(value)
  faults.push(`${path}: ${name} is not a whole number`)
  return 0
}

function decode(path: string, value: string, faults: string[]): string {
  try {
    return decodeURIComponent(value)
  } catch {
    faults.push(`${path} holds a % that is not part of an escape; write %25`)
    return value
  }
}

function withoutPrismaParameters(url: URL): string {
  const copy = new URL(url)
  for (const name of prismaParameters) copy.searchParams.delete(name)
  return copy.href
}

function isLocal(host: string): boolean {
  if (host.startsWith('/') || host === 'localhost') return true
  return isIP(host) !== 0 && (host === '::1' || host.startsWith('127.'))
}
