import { startCluster } from '../src/testing/index.ts'

/** One cluster per run; every test file takes databases of its own from it. */
export default async function setup(): Promise<() => Promise<void>> {
  if (process.env.SUBSTRATA_TEST_SERVER) return async () => {}
  const cluster = await startCluster()
  process.env.SUBSTRATA_TEST_SERVER = cluster.primary.url
  return () => cluster.stop()
}
