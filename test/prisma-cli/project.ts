import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const command = join(root, 'bin', 'substrata.mjs')
const asTerminal = join(root, 'test', 'fixtures', 'prisma-cli', 'as-terminal.cjs')

export interface Run {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv
  readonly stdin?: string
  /** What runs `substrata`, instead of Node alone. */
  readonly prefix?: readonly string[]
  readonly terminal?: boolean
}

/** A Prisma project in a folder of its own, with the repository's packages installed. */
export interface PrismaProject extends Disposable {
  readonly directory: string
  write(file: string, content: string): void
  /** The names below a folder, sorted. */
  list(folder: string): string[]
  /** Runs `substrata …`; an attempt to download anything runs into a proxy that does not exist. */
  substrata(args: readonly string[], options?: RunOptions): Promise<Run>
}

export const config = `import { defineConfig } from 'prisma/config'
export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: {
    url: process.env.DATABASE_URL ?? '',
    ...(process.env.SHADOW_URL && { shadowDatabaseUrl: process.env.SHADOW_URL }),
  },
})
`

export function createPrismaProject(options: { url?: string; schema: string; migrations?: string }): PrismaProject {
  const directory = mkdtempSync(join(tmpdir(), 'substrata project '))
  const home = join(directory, 'home')
  mkdirSync(home)
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'), 'junction')
  const write = (file: string, content: string) => {
    const path = join(directory, file)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
  }
  write('package.json', '{ "type": "module", "private": true }\n')
  write('prisma.config.ts', config)
  write('prisma/schema.prisma', options.schema)
  if (options.migrations !== undefined)
    cpSync(options.migrations, join(directory, 'prisma/migrations'), { recursive: true })

  // Prisma asks nobody in CI; NO_COLOR and dead proxies keep runs alike everywhere.
  const { CI: _, MIGRATE_DATABASE_URL: __, FORCE_COLOR: ___, ...inherited } = process.env
  const environment: NodeJS.ProcessEnv = {
    ...inherited,
    HOME: home,
    USERPROFILE: home,
    XDG_CACHE_HOME: join(home, '.cache'),
    NO_COLOR: '1',
    TERM: 'xterm',
    HTTP_PROXY: 'http://127.0.0.1:9',
    HTTPS_PROXY: 'http://127.0.0.1:9',
    ...(options.url !== undefined && { DATABASE_URL: options.url }),
  }
  return {
    directory,
    write,
    list: (folder) => (existsSync(join(directory, folder)) ? readdirSync(join(directory, folder)).sort() : []),
    async substrata(args, { env, stdin, prefix = [], terminal = false } = {}) {
      const [file, ...rest] = [...prefix, process.execPath, command, ...args]
      const child = spawn(file!, rest, {
        cwd: directory,
        env: { ...environment, ...(terminal && { NODE_OPTIONS: `--require "${asTerminal}"` }), ...env },
      })
      child.stdin.end(stdin ?? '')
      const closed = new Promise<number | null>((resolve, reject) => {
        child.once('error', reject)
        child.once('close', resolve)
      })
      const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), closed])
      return { stdout, stderr, code }
    },
    [Symbol.dispose]() {
      // Whatever it did, the project has downloaded nothing.
      expect(existsSync(join(home, '.cache', 'prisma'))).toBe(false)
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
