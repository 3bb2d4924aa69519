export { type Cluster, type ClusterOptions, startCluster } from './cluster.ts'
export type { ClusterNode } from './node.ts'
export type { PostgresVersion } from './versions.ts'
