import { readFileSync } from 'node:fs'
import { type Secret, secret } from './secret.ts'

/** libpq's `sslmode`, without the two that fall back to plain text when somebody in the middle asks for it. */
export type TlsMode = 'disable' | 'require' | 'verify-ca' | 'verify-full'

/** As given: libpq's words, files by path. */
export interface TlsInput {
  /** {@link TlsMode} */
  readonly mode?: string | undefined
  /** Path of a PEM file, or `system` for the authorities that Node trusts. */
  readonly rootCertificate?: string | undefined
  readonly certificate?: string | undefined
  readonly key?: string | undefined
  readonly keyPassword?: string | undefined
  readonly revocationList?: string | undefined
  readonly negotiation?: string | undefined
  readonly channelBinding?: string | undefined
}

/** Checked, and with the files read. */
export interface TlsConfig {
  readonly mode: TlsMode
  /** PEM; undefined stands for the authorities that Node trusts. */
  readonly rootCertificate: string | undefined
  readonly certificate: string | undefined
  readonly key: Secret | undefined
  readonly keyPassword: Secret | undefined
  readonly revocationList: string | undefined
  /** True starts the handshake without asking first (PostgreSQL 17 or newer). */
  readonly direct: boolean
  /** Binds the password exchange to the TLS channel where the server offers it. */
  readonly channelBinding: boolean
}

const modes: readonly string[] = ['disable', 'require', 'verify-ca', 'verify-full'] satisfies TlsMode[]

/**
 * TLS as libpq understands the words, with three differences: `allow` and `prefer` are refused, `verify-ca` and
 * `verify-full` without a root certificate trust Node's authorities, and a host elsewhere needs an explicit choice in
 * staging and production.
 *
 * @see https://www.postgresql.org/docs/current/libpq-ssl.html
 */
export function tlsConfig(
  path: string,
  input: TlsInput,
  site: { readonly local: boolean; readonly mustChoose: boolean },
  faults: string[],
): TlsConfig | undefined {
  const before = faults.length
  const mode = chooseMode(path, input, site, faults)
  const { rootCertificate: root, certificate, key } = input
  if (mode === 'disable' && [root, certificate, key].some((file) => file !== undefined))
    faults.push(`${path}: certificates are given, but sslmode is disable`)
  if (root === 'system' && mode !== 'verify-full')
    faults.push(`${path}: sslrootcert=system needs sslmode=verify-full, for anyone can have a certificate signed`)
  if ((certificate === undefined) !== (key === undefined)) faults.push(`${path}: sslcert and sslkey belong together`)
  const { negotiation = 'postgres', channelBinding = 'prefer' } = input
  if (negotiation !== 'postgres' && negotiation !== 'direct')
    faults.push(`${path}: sslnegotiation is neither postgres nor direct`)
  if (negotiation === 'direct' && mode === 'disable')
    faults.push(`${path}: sslnegotiation=direct needs TLS, but sslmode is disable`)
  if (channelBinding === 'require')
    faults.push(`${path}: channel_binding=require cannot be enforced by pg; use sslmode=verify-full and prefer`)
  else if (channelBinding !== 'prefer' && channelBinding !== 'disable')
    faults.push(`${path}: channel_binding is neither prefer nor disable`)
  const rootCertificate = root === 'system' ? undefined : read(path, 'sslrootcert', root, faults)
  const config = {
    rootCertificate,
    certificate: read(path, 'sslcert', certificate, faults),
    key: hidden(read(path, 'sslkey', key, faults)),
    keyPassword: hidden(input.keyPassword),
    revocationList: read(path, 'sslcrl', input.revocationList, faults),
    direct: negotiation === 'direct',
    channelBinding: channelBinding === 'prefer',
  }
  if (faults.length > before || mode === undefined) return undefined
  // As in libpq: whoever names an authority wants it asked.
  const strict = mode === 'require' && rootCertificate !== undefined ? 'verify-ca' : mode
  return { mode: strict, ...config }
}

function chooseMode(
  path: string,
  input: TlsInput,
  site: { readonly local: boolean; readonly mustChoose: boolean },
  faults: string[],
): TlsMode | undefined {
  const { mode } = input
  if (mode === undefined) {
    if (site.local || !site.mustChoose) return 'disable'
    faults.push(
      `${path} does not say whether to use TLS: add sslmode=verify-full (or, on a network you trust, sslmode=disable)`,
    )
    return undefined
  }
  if (isMode(mode)) return mode
  if (mode === 'prefer' || mode === 'allow')
    faults.push(`${path}: sslmode=${mode} sends everything in plain text when asked to: choose require or disable`)
  else if (mode === 'no-verify')
    faults.push(`${path}: sslmode=no-verify is not libpq's word: require does not check the certificate`)
  else faults.push(`${path}: sslmode is none of ${modes.join(', ')}`)
  return undefined
}

function isMode(mode: string): mode is TlsMode {
  return modes.includes(mode)
}

function hidden(value: string | undefined): Secret | undefined {
  return value === undefined ? undefined : secret(value)
}

function read(path: string, name: string, file: string | undefined, faults: string[]): string | undefined {
  if (file === undefined) return undefined
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    faults.push(`${path}: the file of ${name} cannot be read (${code})`)
    return undefined
  }
}
