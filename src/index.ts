export type {
  ClientMethods,
  CloseOptions,
  Limits,
  LogEvent,
  Logger,
  PathTaken,
  QueryEvent,
  QueryPath,
  QueryPaths,
  RetryOptions,
  SubstrataOptions,
} from './client/index.ts'
export {
  type ConfigInput,
  type DatabaseConfig,
  defineConfig,
  type Environment,
  type PoolConfig,
} from './core/config.ts'
export type { ContextInput, JsonValue } from './core/context.ts'
export { definedErrors, type ErrorCode, type ErrorDefinition, isSubstrataError, SubstrataError } from './core/errors.ts'
export type {
  ConnectionEvent,
  EventMap,
  Events,
  Listener,
  OperationEvent,
  StatementEvent,
  WarningEvent,
} from './core/events.ts'
export type { PaginationConfig, PaginationInput } from './core/pagination-config.ts'
export {
  type BadRow,
  type BatchesDone,
  type BatchOptions,
  createImportLedger,
  type ImportProgress,
  type ImportResult,
  processInBatches,
  type ReplayableSource,
} from './features/bulk/index.ts'
export type { Connection, Page, PageInfo, Total, TotalKind } from './features/pagination/index.ts'
export { checkRowSecurity, type Explanation, explainPolicies, type Finding } from './features/rls/index.ts'
export {
  type AssumableRoles,
  createAssumableRoles,
  createRoles,
  type DeployOptions,
  type DeployResult,
  deployMigrations,
  type Migration,
  type Role,
  type Roles,
  readMigrations,
} from './migrate/index.ts'
export type * from './schema/model-meta.ts'
export { type Substrata, substrata, type TransactionOf } from './substrata.ts'
