import { createHmac } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { escapeIdentifier } from 'pg'
import { createRoles, isSubstrataError } from 'substrata'
import { type Cluster, startCluster } from 'substrata/testing'
import { withClient } from './connection.ts'
import type { ShopDatabase } from './database.ts'
import { watchServer } from './watch.ts'

const NAME = 'shop'

/**
 * Starts the shop's own PostgreSQL: a primary and a streaming standby, whose data stays in `folder` from one start to the next.
 *
 * @throws SUB_CLUSTER_IN_USE while another process has it, and the other errors of startCluster().
 */
export async function startOwnDatabase(options: { folder: string; reset: boolean }): Promise<ShopDatabase> {
  const { folder, reset } = options
  mkdirSync(folder, { recursive: true })
  const urlFile = join(folder, 'env')
  const cluster = await start({ directory: join(folder, 'postgres'), reset, ...lastPort(urlFile) })
  try {
    const { url, ownerUrl } = await createShop(cluster, reset)
    const standbys = cluster.standbys.map((standby) => urlAs(standby.url, url))
    writeFileSync(urlFile, environmentFile({ url, ownerUrl, standbys }), { mode: 0o600 })
    const watch = watchServer(cluster.primary.url)
    let checkpoint: Promise<unknown> = Promise.resolve()
    return {
      url,
      ownerUrl,
      own: true,
      description: [
        `PostgreSQL ${cluster.version}: primary on 127.0.0.1:${cluster.primary.port}, standby on ${cluster.standbys.map((node) => `127.0.0.1:${node.port}`).join(', ')}`,
        `Data in ${cluster.directory}, connection URLs in ${urlFile}`,
      ],
      checkpoint() {
        checkpoint = withClient(cluster.primary.url, (client) => client.query('CHECKPOINT')).catch(() => {})
      },
      lost: watch.lost.then((reason) => `${reason} Its log is in ${cluster.directory}.`),
      async [Symbol.asyncDispose]() {
        await watch.end()
        await checkpoint
        await cluster.stop()
      },
    }
  } catch (error) {
    await cluster.stop()
    throw error
  }
}

async function start(options: { directory: string; reset: boolean; port?: number }): Promise<Cluster> {
  const { reset, port, ...rest } = options
  try {
    return await startCluster({ ...rest, version: 18, standbys: 1, ...(port && { port }) })
  } catch (error) {
    // Somebody else has the port of the last time; any other does.
    if (port && isSubstrataError(error, 'SUB_CLUSTER_PORT_TAKEN')) return start({ ...rest, reset })
    // What starts no more is thrown away, unless somebody uses it.
    const mended = ['SUB_CLUSTER_START_FAILED', 'SUB_CLUSTER_VERSION_MISMATCH'] as const
    if (!reset || !mended.some((code) => isSubstrataError(error, code))) throw error
    rmSync(rest.directory, { recursive: true, force: true, maxRetries: 5 })
    return start({ ...rest, reset: false })
  }
}

async function createShop(cluster: Cluster, reset: boolean): Promise<{ url: string; ownerUrl: string }> {
  const admin = new URL(cluster.primary.url)
  await withClient(admin.href, async (client) => {
    if (reset) await client.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(NAME)} WITH (FORCE)`)
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [NAME])
    if (rowCount === 0) await client.query(`CREATE DATABASE ${escapeIdentifier(NAME)}`)
  })
  // Derived, so that the URLs stay the same as long as the data does.
  const role = (name: string) => ({ name, password: createHmac('sha256', admin.password).update(name).digest('hex') })
  const roles = { owner: role('shop_owner'), application: role('shop_app') }
  admin.pathname = `/${NAME}`
  await createRoles(admin.href, roles)
  const as = ({ name, password }: typeof roles.owner): string => {
    const url = new URL(admin)
    url.username = name
    url.password = password
    return url.href
  }
  return { url: as(roles.application), ownerUrl: as(roles.owner) }
}

/** The same role and database on another node. */
function urlAs(node: string, url: string): string {
  const result = new URL(url)
  result.port = new URL(node).port
  return result.href
}

function environmentFile(urls: { url: string; ownerUrl: string; standbys: readonly string[] }): string {
  return [
    '# Written by npm start. For example: node --env-file=.substrata/env your-script.mjs',
    `DATABASE_URL=${urls.url}`,
    `MIGRATE_DATABASE_URL=${urls.ownerUrl}`,
    `REPLICA_DATABASE_URL=${urls.standbys.join(',')}`,
    '',
  ].join('\n')
}

/** The primary's port of the last start: connections saved elsewhere go on working. */
function lastPort(urlFile: string): { port?: number } {
  try {
    const port = /^DATABASE_URL=\S+@127\.0\.0\.1:(\d+)\//m.exec(readFileSync(urlFile, 'utf8'))?.[1]
    return port === undefined ? {} : { port: Number(port) }
  } catch {
    return {}
  }
}
