export { type Cluster, type ClusterOptions, type PostgresVersion, startCluster } from './cluster.ts'
export type { ClusterNode } from './node.ts'
