import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { readSchema } from '../schema/source/read-schema.ts'
import type { ProjectOptions } from './command.ts'
import { configUnreadable, databaseUrlInvalid, databaseUrlMissing, schemaNotFound } from './errors.ts'
import { findPrisma } from './prisma.ts'

/** A Prisma project as Prisma's own CLI sees it. */
export interface Project {
  /** The schema's file or folder. */
  readonly schemaPath: string
  readonly schema: readonly { readonly path: string; readonly content: string }[]
  readonly migrationsDirectory: string
  /** The database to migrate, as the role that owns it. */
  readonly url: string
  /** The same as the role that the application connects as. */
  readonly applicationUrl: string
  readonly shadowUrl: string | undefined
}

/** What is read of Prisma's configuration; paths are absolute. */
interface PrismaConfig {
  readonly schema?: string
  readonly migrations?: { readonly path?: string }
  readonly datasource?: { readonly url?: string; readonly shadowDatabaseUrl?: string }
}

/** The loader of `@prisma/config`, which Prisma's CLI itself uses. */
interface ConfigLoader {
  loadConfigFromFile(options: { configFile?: string; configRoot?: string }): Promise<{
    readonly resolvedPath: string | null
    readonly config?: PrismaConfig
    readonly error?: { readonly _tag: string; readonly error?: unknown }
  }>
}

const defaultSchemas = ['prisma/schema.prisma', 'schema.prisma']

/**
 * Finds schema, migrations and database as Prisma does: flags, then Prisma's configuration file, then its defaults. The URL is
 * MIGRATE_DATABASE_URL before the configuration's, because only the owner may migrate; DATABASE_URL comes last.
 *
 * @throws SUB_PRISMA_CONFIG, SUB_CLI_SCHEMA_NOT_FOUND, SUB_DATABASE_URL_MISSING, SUB_DATABASE_URL_INVALID
 */
export async function loadProject(options: ProjectOptions): Promise<Project> {
  const config = await loadConfig(options.config)
  const schemaPath = findSchema(options.schema ?? config.schema)
  const url = process.env.MIGRATE_DATABASE_URL || config.datasource?.url || process.env.DATABASE_URL
  if (!url) throw databaseUrlMissing({})
  const applicationUrl = process.env.DATABASE_URL || config.datasource?.url || url
  if (!isPostgresUrl(url) || !isPostgresUrl(applicationUrl)) throw databaseUrlInvalid({})
  return {
    schemaPath,
    schema: readSchema(schemaPath).files.map(({ path, text }) => ({ path: resolve(path), content: text })),
    migrationsDirectory: config.migrations?.path ?? join(datasourceDirectory(schemaPath), 'migrations'),
    url,
    applicationUrl,
    shadowUrl: process.env.SHADOW_DATABASE_URL || config.datasource?.shadowDatabaseUrl,
  }
}

function isPostgresUrl(url: string): boolean {
  return URL.canParse(url) && ['postgres:', 'postgresql:'].includes(new URL(url).protocol)
}

async function loadConfig(file: string | undefined): Promise<PrismaConfig> {
  const loader = await configLoader()
  const { config, error, resolvedPath } = await loader.loadConfigFromFile(
    file === undefined ? {} : { configFile: file },
  )
  if (config !== undefined) return config
  const cause = error?.error
  const reason = cause instanceof Error ? cause.message : (error?._tag ?? 'unknown')
  throw configUnreadable({ file: resolvedPath ?? file ?? 'prisma.config.ts', reason }, { cause })
}

/** Of the user's own Prisma, so that both read the file alike. */
async function configLoader(): Promise<ConfigLoader> {
  const { packageFile } = findPrisma()
  const path = createRequire(realpathSync(packageFile)).resolve('@prisma/config')
  const module: ConfigLoader & { default?: ConfigLoader } = await import(pathToFileURL(path).href)
  return module.default ?? module
}

function findSchema(path: string | undefined): string {
  const tried = path === undefined ? defaultSchemas : [path]
  const found = tried.find((candidate) => existsSync(candidate))
  if (found === undefined) throw schemaNotFound({ tried: tried.map((each) => relative('', resolve(each))) })
  return resolve(found)
}

/** The migrations lie beside the file that holds the datasource. */
function datasourceDirectory(schemaPath: string): string {
  if (!statSync(schemaPath).isDirectory()) return dirname(schemaPath)
  const files = readSchema(schemaPath).files.map(({ path }) => resolve(path))
  const holder = files.find((path) => /^\s*datasource\s/m.test(readFileSync(path, 'utf8')))
  return holder === undefined ? schemaPath : dirname(holder)
}
