/** The layer below the client, which the package does not export: loaded from the built files, as published. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type ConfigInput, defineConfig } from 'substrata'
import { benchRoot } from '../../harness/root.ts'

export interface BenchSession {
  execute(
    kind: 'read' | 'unknown',
    text: string,
    values: readonly string[],
    timeout?: number,
  ): Promise<(string | null)[][]>
  close(): Promise<void>
}

interface Session {
  execute(operation: object, statement: object): Promise<{ rows: (string | null)[][] }>
  close(): Promise<void>
}

interface Built {
  readonly createSession: (options: object) => Session
  readonly createEvents: () => object
  readonly startOperation: (input: object) => object
}

async function load<Name extends keyof Built>(module: string, name: Name): Promise<Built[Name]> {
  const file = pathToFileURL(join(benchRoot, '../dist', `${module}.js`))
  return ((await import(file.href)) as Pick<Built, Name>)[name]
}

export async function openSession(url: string, limits: ConfigInput): Promise<BenchSession> {
  const [createSession, createEvents, startOperation] = await Promise.all([
    load('pg/create-session', 'createSession'),
    load('core/events', 'createEvents'),
    load('core/operation', 'startOperation'),
  ])
  const { primary, pool } = defineConfig({ environment: 'test', ...limits, url }, {})
  const session = createSession({ node: 'primary', connection: primary, pool, events: createEvents() })
  return {
    execute: async (kind, text, values, timeout) =>
      (await session.execute(startOperation({ name: 'bench', kind, timeout }), { text, values })).rows,
    close: () => session.close(),
  }
}
