import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isSubstrataError } from 'substrata'
import { type Cluster, startCluster } from 'substrata/testing'
import { withClient } from './connection.ts'
import { createShop } from './create-shop.ts'
import type { ShopDatabase } from './database.ts'
import { watchServer } from './watch.ts'

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
    const { url, ownerUrl } = await createShop(cluster.primary.url, { reset })
    const standbys = cluster.standbys.map((standby) => onNode(standby.url, url))
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

/** The same role and database on another node. */
function onNode(node: string, url: string): string {
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
