import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { planSeed, type SeedPlan, seedShop, showProgress } from '../seed/index.ts'
import { withClient } from './connection.ts'
import type { ShopDatabase } from './database.ts'
import { StartError } from './errors.ts'
import { migrate } from './migrate.ts'
import type { StartOptions } from './options.ts'
import { startOwnDatabase } from './own-database.ts'
import { announce, explainInUse } from './running.ts'
import { useTheirDatabase } from './their-database.ts'
import { planTour, renderTour } from './tour.ts'

const say = (line: string): void => console.error(line)

interface Opening {
  readonly options: StartOptions
  readonly stop: AbortSignal
  readonly api: Promise<typeof import('./serve.ts')>
  /** What to undo before the database is stopped. */
  readonly onOpen: (url: string) => Disposable | undefined
}

/**
 * Opens the shop and keeps it open until `stop` aborts; whatever was started here has ended when this returns or throws.
 *
 * @throws the reason of `stop`, or a StartError
 */
export async function run(options: StartOptions, folder: string, stop: AbortSignal): Promise<never> {
  // Loading the API takes as long as starting PostgreSQL: side by side, the shop opens earlier.
  const api = import('./serve.ts')
  api.catch(() => {})
  if (options.database) {
    await using database = await useTheirDatabase({
      ...options.database,
      allowOtherTables: options.allowOtherTables,
    })
    return await open(database, { options, stop, api, onOpen: () => undefined })
  }
  say('Starting PostgreSQL ...')
  const file = join(folder, 'running')
  await using database = await startOwnDatabase({ folder, reset: options.reset }).catch((error: unknown) => {
    throw explainInUse(error, file)
  })
  return await open(database, { options, stop, api, onOpen: (url) => announce(file, url) })
}

async function open(database: ShopDatabase, { options, stop, api, onOpen }: Opening): Promise<never> {
  stop.throwIfAborted()
  await migrate(database, say)
  stop.throwIfAborted()
  if (database.own || options.seed || options.reset) await seed(database, options, stop)
  stop.throwIfAborted()
  const { serve } = await api
  // New with every start: no token of an earlier one is good here.
  const tokenKey = randomBytes(32)
  await using server = await serve({ url: database.url, port: options.port, tokenKey })
  if (options.port !== 0 && server.port !== options.port)
    say(`Port ${options.port} is taken; the shop takes ${server.port}.`)
  using _announcement = onOpen(server.url)
  console.log(await welcome(database, server.url, tokenKey))
  return await Promise.race([aborted(stop), database.lost.then((reason) => Promise.reject(new StartError(reason)))])
}

async function seed(database: ShopDatabase, options: StartOptions, signal: AbortSignal): Promise<void> {
  const plan = planSeed({ scale: options.scale })
  const begin = performance.now()
  const result = await seedShop({
    url: database.ownerUrl,
    plan,
    // A database started here has been thrown away already.
    replace: options.reset && !database.own,
    progress: (total) => {
      say(`Seeding ${describe(plan)} ...`)
      return showProgress(total)
    },
    signal,
  })
  if (result === 'seeded') {
    say(`Seeded in ${((performance.now() - begin) / 1000).toFixed(1)} s.`)
    database.checkpoint()
  } else if (options.seed || options.scale !== 1)
    say("The shop's tables hold data, which is kept. To start over: npm start -- --reset")
}

function describe({ users, posts, comments, orders }: SeedPlan): string {
  const [u, p, c, o] = [users, posts, comments, orders].map((count) => count.toLocaleString('en'))
  return `${u} users, ${p} posts, ${c} comments and ${o} orders`
}

async function welcome(database: ShopDatabase, url: string, tokenKey: Uint8Array): Promise<string> {
  const stops = await withClient(database.url, planTour)
  return `
The shop is open at ${url}

${await renderTour(url, stops, tokenKey)}

${database.description.join('\n')}
Ctrl-C ends it${database.own ? '; the data stays. npm start -- --reset starts over' : ''}.`
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
