export {
  type Cluster,
  type ClusterNode,
  type ClusterOptions,
  type PostgresVersion,
  startCluster,
} from './cluster/index.ts'
export { createTestDatabase, type TestDatabase, type TestDatabaseOptions } from './database/test-database.ts'
