import { type ConfigInput, defineConfig, type QueryPath, type Substrata, substrata } from 'substrata'
import { PrismaClient } from '../../generated/prisma/client.ts'
import { schema } from '../../generated/substrata/index.ts'
import { CONNECTIONS } from '../peers/connections.ts'

export function openSubstrata(
  url: string,
  { queryPath = 'direct', ...limits }: ConfigInput & { readonly queryPath?: QueryPath } = {},
): Promise<Substrata<PrismaClient>> {
  const config = defineConfig({ environment: 'test', maxConnections: CONNECTIONS, ...limits, url }, {})
  return substrata(PrismaClient, { schema, config, queryPath })
}
