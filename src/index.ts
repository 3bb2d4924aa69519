export { definedErrors, type ErrorCode, type ErrorDefinition, isSubstrataError, SubstrataError } from './core/errors.ts'
export type * from './schema/model-meta.ts'
