export { type DeployOptions, type DeployResult, deployMigrations } from './deploy.ts'
export { checksum, type Migration, readMigrations } from './directory.ts'
export { LEDGER } from './ledger.ts'
export { createRoles, type Role, type Roles } from './roles.ts'
