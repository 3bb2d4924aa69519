export {
  type Cluster,
  type ClusterNode,
  type ClusterOptions,
  type PostgresVersion,
  startCluster,
} from './cluster/index.ts'
export { cleanDatabase } from './database/clean.ts'
export { checkConnections } from './database/connections.ts'
export type { OpenConnection } from './database/open-connection.ts'
export { createTestDatabase, type TestDatabase, type TestDatabaseOptions } from './database/test-database.ts'
