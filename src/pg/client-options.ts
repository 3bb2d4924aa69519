import type { ConnectionOptions as TlsOptions } from 'node:tls'
import type pg from 'pg'
import type { PoolConfig } from '../core/config.ts'
import type { ConnectionConfig } from '../core/connection-url.ts'
import { emptySettings } from '../core/context.ts'
import type { TlsConfig } from '../core/tls.ts'

/**
 * What every connection is pinned to, so that text means the same whatever the server, the database or the role have
 * set: times in UTC, ISO dates, intervals and bytes in PostgreSQL's own form.
 */
export const pinnedSettings: readonly (readonly [name: string, value: string])[] = [
  ['TimeZone', 'UTC'],
  ['DateStyle', 'ISO'],
  ['IntervalStyle', 'postgres'],
  ['bytea_output', 'hex'],
]

/**
 * pg's options for one connection. Only a password that the URL does not hold is looked up as libpq does.
 *
 * @param startup.withoutContext - Begin in no context, whatever the database or the role have set.
 */
export function clientOptions(
  connection: ConnectionConfig,
  pool: PoolConfig,
  startup: { readonly options: boolean; readonly withoutContext?: boolean },
): pg.ClientConfig & { sslnegotiation: string } {
  return {
    host: connection.host,
    port: connection.port,
    user: connection.user,
    database: connection.database,
    ...(connection.password !== undefined && { password: connection.password.reveal() }),
    ssl: tlsOptions(connection.tls),
    sslnegotiation: connection.tls.direct ? 'direct' : 'postgres',
    enableChannelBinding: connection.tls.channelBinding,
    application_name: pool.applicationName,
    ...(startup.options && { options: startupOptions(connection, pool, startup.withoutContext ?? false) }),
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    connectionTimeoutMillis: pool.connectTimeout,
  }
}

/** @see https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNECT-OPTIONS */
function startupOptions(connection: ConnectionConfig, pool: PoolConfig, withoutContext: boolean): string {
  const context = withoutContext ? emptySettings : []
  const settings = [...pinnedSettings, ...context, ['statement_timeout', String(pool.queryTimeout)]]
  const pinned = settings.map(([name, value]) => `-c ${name}=${value}`).join(' ')
  return connection.options === undefined ? pinned : `${connection.options} ${pinned}`
}

/**
 * libpq's modes in Node's words. `require` encrypts without asking who is there; `verify-ca` asks for a certificate that
 * the authority has signed; `verify-full` also asks that it is for this host.
 */
export function tlsOptions(tls: TlsConfig): TlsOptions | false {
  if (tls.mode === 'disable') return false
  const options: TlsOptions = { rejectUnauthorized: tls.mode !== 'require' }
  if (tls.mode === 'verify-ca') options.checkServerIdentity = () => undefined
  if (tls.rootCertificate !== undefined) options.ca = tls.rootCertificate
  if (tls.certificate !== undefined) options.cert = tls.certificate
  if (tls.key !== undefined) options.key = tls.key.reveal()
  if (tls.keyPassword !== undefined) options.passphrase = tls.keyPassword.reveal()
  if (tls.revocationList !== undefined) options.crl = tls.revocationList
  return options
}
