import { existsSync, readFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { benchRoot } from './root.ts'

/** Where and with what the figures were measured. */
export interface Environment {
  readonly date: string
  readonly cpu: string
  readonly cores: number
  readonly memory: string
  readonly platform: string
  readonly node: string
  readonly postgres: string
  /** Installed versions by package. */
  readonly packages: Readonly<Record<string, string>>
  readonly rounds: number
  readonly quick: boolean
}

export async function describeEnvironment(url: string, run: { rounds: number; quick: boolean }): Promise<Environment> {
  const processors = cpus()
  return {
    date: new Date().toISOString(),
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memory: `${(totalmem() / 2 ** 30).toFixed(1)} GiB`,
    platform: `${process.platform}-${process.arch}`,
    node: process.versions.node,
    postgres: await serverVersion(url),
    packages: packageVersions(),
    rounds: run.rounds,
    quick: run.quick,
  }
}

async function serverVersion(url: string): Promise<string> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version')
    return rows[0]!.server_version
  } finally {
    await client.end()
  }
}

function packageVersions(): Record<string, string> {
  const { dependencies } = readManifest(benchRoot) as { dependencies: Record<string, string> }
  return Object.fromEntries(Object.keys(dependencies).map((name) => [name, installedVersion(name)]))
}

function installedVersion(name: string): string {
  const folder = [benchRoot, join(benchRoot, '..')]
    .map((root) => join(root, 'node_modules', name))
    .find((path) => existsSync(path))
  if (folder === undefined) throw new Error(`${name} is not installed`)
  return (readManifest(folder) as { version: string }).version
}

function readManifest(folder: string): unknown {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
}
