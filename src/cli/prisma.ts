import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { prismaNotFound, prismaVersion } from './errors.ts'

/** The `prisma` package of the project in the working directory. */
export interface InstalledPrisma {
  readonly packageFile: string
  readonly version: string
  /** The script of its CLI. */
  readonly cli: string
}

/**
 * Finds the user's Prisma, else the one that Substrata itself was installed with.
 *
 * @throws SUB_PRISMA_NOT_FOUND, SUB_PRISMA_VERSION
 */
export function findPrisma(directory = process.cwd()): InstalledPrisma {
  const packageFile = resolveFrom(join(directory, 'package.json')) ?? resolveFrom(fileURLToPath(import.meta.url))
  if (packageFile === undefined) throw prismaNotFound({ directory })
  const { version, bin }: { version: string; bin: { prisma: string } } = JSON.parse(readFileSync(packageFile, 'utf8'))
  if (!version.startsWith('7.')) throw prismaVersion({ found: version })
  return { packageFile, version, cli: join(dirname(packageFile), bin.prisma) }
}

/**
 * Runs Prisma's own CLI on our engine: no engine, no version check, no telemetry goes over the network, and the `substrata`
 * generator is found. Whatever of this the user has set stays as it is.
 *
 * @param output - `inherit`, or `stderr` to keep standard output free.
 * @returns Prisma's exit code; 128 and the signal's number when a signal ended it.
 */
export async function runPrisma(args: readonly string[], output: 'inherit' | 'stderr' = 'inherit'): Promise<number> {
  const { cli } = findPrisma()
  // Windows starts no script as a program.
  const preload = process.platform === 'win32' ? ['--require', join(bin, 'spawn-engine.cjs')] : []
  const child = spawn(process.execPath, [...preload, cli, ...args], {
    stdio: ['inherit', output === 'inherit' ? 'inherit' : 2, 'inherit'],
    env: prismaEnvironment(),
  })
  // Ctrl-C reaches the whole foreground group by itself; Prisma decides when it ends.
  const forward = (signal: NodeJS.Signals) => child.kill(signal)
  const ignore = () => {}
  process.on('SIGTERM', forward).on('SIGHUP', forward).on('SIGINT', ignore)
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])))
    })
  } finally {
    process.off('SIGTERM', forward).off('SIGHUP', forward).off('SIGINT', ignore)
  }
}

const bin = fileURLToPath(new URL('../../bin', import.meta.url))

/** The environment in which Prisma needs no network. */
export function prismaEnvironment(environment: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return {
    PRISMA_SCHEMA_ENGINE_BINARY: join(bin, 'schema-engine.mjs'),
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    ...environment,
    PATH: [join(bin, 'path'), environment.PATH].filter(Boolean).join(delimiter),
  }
}

function resolveFrom(file: string): string | undefined {
  try {
    return createRequire(file).resolve('prisma/package.json')
  } catch {
    return undefined
  }
}
