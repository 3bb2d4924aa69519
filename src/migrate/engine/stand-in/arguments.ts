import { parseArgs } from 'node:util'

/** How Prisma's CLI starts its schema engine. */
export interface EngineArguments {
  readonly version: boolean
  readonly url: string | undefined
  readonly shadowUrl: string | undefined
  readonly datamodels: readonly string[]
  /** `cli <command>`; without one the engine serves JSON-RPC on its standard streams. */
  readonly command: string | undefined
}

export function parseEngineArguments(argv: readonly string[]): EngineArguments {
  const { values, positionals } = parseArgs({
    args: [...argv],
    options: {
      version: { type: 'boolean', short: 'V' },
      datasource: { type: 'string' },
      datamodels: { type: 'string', short: 'd', multiple: true },
    },
    // Prisma passes more than is needed here (preview features, extension types).
    strict: false,
    allowPositionals: true,
  })
  const { url, shadowDatabaseUrl } = parseDatasource(values.datasource)
  const commandAt = positionals.indexOf('cli')
  return {
    version: values.version === true,
    url,
    shadowUrl: shadowDatabaseUrl,
    datamodels: (values.datamodels ?? []).filter((path) => typeof path === 'string'),
    command: commandAt === -1 ? undefined : (positionals[commandAt + 1] ?? ''),
  }
}

function parseDatasource(json: string | boolean | undefined): { url?: string; shadowDatabaseUrl?: string } {
  if (typeof json !== 'string') return {}
  const value: unknown = JSON.parse(json)
  if (typeof value !== 'object' || value === null) return {}
  const text = (name: string): string | undefined => {
    const property: unknown = Reflect.get(value, name)
    return typeof property === 'string' && property !== '' ? property : undefined
  }
  const url = text('url')
  const shadowDatabaseUrl = text('shadowDatabaseUrl')
  return { ...(url !== undefined && { url }), ...(shadowDatabaseUrl !== undefined && { shadowDatabaseUrl }) }
}
