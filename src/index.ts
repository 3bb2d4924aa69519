export { definedErrors, type ErrorCode, type ErrorDefinition, isSubstrataError, SubstrataError } from './core/errors.ts'
export {
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
