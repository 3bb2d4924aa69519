export interface DatabaseConfig {
  url: string
  maxConnections: number
  /** Milliseconds. */
  queryTimeout: number
  enableLogging: boolean
}

const presets: Readonly<Record<string, Omit<DatabaseConfig, 'url'>>> = {
  development: { maxConnections: 5, queryTimeout: 30_000, enableLogging: true },
  staging: { maxConnections: 10, queryTimeout: 30_000, enableLogging: true },
  production: { maxConnections: 20, queryTimeout: 30_000, enableLogging: false },
}

export const DatabaseConfigFactory = {
  /**
   * The configuration of one environment: `development`, `staging` or `production`.
   * @throws Error that lists everything wrong with the environment and its variables, never a value of theirs
   */
  create(environment: string, variables: NodeJS.ProcessEnv = process.env): DatabaseConfig {
    const preset = Object.hasOwn(presets, environment) ? presets[environment] : undefined
    const faults: string[] = []
    if (preset === undefined)
      faults.push(`Unknown environment: ${environment}. It is one of ${Object.keys(presets).join(', ')}.`)
    faults.push(...faultsOfUrl(variables.DATABASE_URL))
    if (preset === undefined || faults.length > 0) throw new Error(`The database is not configured:\n${list(faults)}`)
    return { url: variables.DATABASE_URL ?? '', ...preset }
  },
}

function faultsOfUrl(text: string | undefined): string[] {
  if (text === undefined || text === '')
    return ['DATABASE_URL is not set. It looks like postgresql://user:password@host:5432/name.']
  if (!URL.canParse(text))
    return ['DATABASE_URL is not a URL. Signs such as @ or / in a password are written %40 or %2F.']
  const url = new URL(text)
  const faults: string[] = []
  if (url.protocol !== 'postgresql:' && url.protocol !== 'postgres:')
    faults.push('DATABASE_URL is not of PostgreSQL: it starts with postgresql://.')
  if (url.pathname.length < 2) faults.push('DATABASE_URL names no database: it ends in /name.')
  return faults
}

function list(faults: readonly string[]): string {
  return faults.map((fault) => `- ${fault}`).join('\n')
}
