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
export { defineFactory, type Factory, type Overrides } from './factory.ts'
export type { Fault, FaultPoint } from './faults/fault.ts'
export type { BackendMessage, FrontendMessage } from './faults/messages.ts'
export { type FaultProxy, startProxy } from './faults/proxy.ts'
export { type ExplainClient, explain, type Plan, type PlanNode } from './plan.ts'
