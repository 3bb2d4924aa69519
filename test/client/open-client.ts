import { PrismaPg } from '@prisma/adapter-pg'
import { type ConfigInput, defineConfig, type Substrata, type SubstrataOptions, substrata } from 'substrata'
import { PrismaClient } from './generated/prisma/client.ts'
import { schema } from './generated/substrata/index.ts'

export type Db = Substrata<PrismaClient>

export interface ClientOptions extends Partial<Omit<SubstrataOptions, 'schema' | 'config'>> {
  readonly url?: string
  readonly config?: ConfigInput
}

export function openClient({ url, config, ...options }: ClientOptions & { readonly url: string }): Promise<Db> {
  return substrata(PrismaClient, {
    schema,
    config: defineConfig({ environment: 'test', maxConnections: 10, ...config, url }, {}),
    ...options,
  })
}

/** Prisma as its documentation has it, on its own adapter, with every connection in UTC. */
export function openStock(url: string): PrismaClient {
  return new PrismaClient({ adapter: new PrismaPg({ connectionString: url, options: '-c TimeZone=UTC', max: 10 }) })
}
