import { createHmac } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { escapeIdentifier } from 'pg'
import { createRoles } from 'substrata'
import { type Cluster, startCluster } from 'substrata/testing'
import { withClient } from './connection.ts'
import type { ShopDatabase } from './database.ts'
import { isFree } from './ports.ts'
import { watchServer } from './watch.ts'

const NAME = 'shop'

/** Starts the shop's own PostgreSQL: a primary and a streaming standby, whose data stays in `folder` from one start to the next. */
export async function startOwnDatabase(options: { folder: string; reset: boolean }): Promise<ShopDatabase> {
  const { folder, reset } = options
  const directory = join(folder, 'postgres')
  const urlFile = join(folder, 'env')
  if (reset) rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
  const port = await lastPort(urlFile)
  const cluster = await startCluster({ directory, version: 18, standbys: 1, ...(port && { port }) })
  try {
    const { url, ownerUrl } = await createShop(cluster)
    const standbys = cluster.standbys.map((standby) => urlAs(standby.url, url))
    writeFileSync(urlFile, environmentFile({ url, ownerUrl, standbys }), { mode: 0o600 })
    const watch = watchServer(cluster.primary.url)
    return {
      url,
      ownerUrl,
      own: true,
      description: [
        `PostgreSQL ${cluster.version}: primary on 127.0.0.1:${cluster.primary.port}, standby on ${cluster.standbys.map((node) => `127.0.0.1:${node.port}`).join(', ')}`,
        `Data in ${directory}, connection URLs in ${urlFile}`,
      ],
      async checkpoint() {
        await withClient(cluster.primary.url, (client) => client.query('CHECKPOINT'))
      },
      lost: watch.lost.then((reason) => `${reason} Its log is ${join(directory, 'primary.log')}.`),
      async [Symbol.asyncDispose]() {
        await watch.end()
        await cluster.stop()
      },
    }
  } catch (error) {
    await cluster.stop()
    throw error
  }
}

async function createShop(cluster: Cluster): Promise<{ url: string; ownerUrl: string }> {
  const admin = new URL(cluster.primary.url)
  await withClient(admin.href, async (client) => {
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

/** The primary's port of the last start, if nobody has taken it since: connections saved elsewhere go on working. */
async function lastPort(urlFile: string): Promise<number | undefined> {
  let text: string
  try {
    text = readFileSync(urlFile, 'utf8')
  } catch {
    return undefined
  }
  const port = Number(/^DATABASE_URL=\S+@127\.0\.0\.1:(\d+)\//m.exec(text)?.[1])
  return port && (await isFree(port)) ? port : undefined
}
