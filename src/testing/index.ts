export {
  type Cluster,
  type ClusterNode,
  type ClusterOptions,
  type PostgresVersion,
  startCluster,
} from './cluster/index.ts'
