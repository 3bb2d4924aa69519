export { rowSecurity } from './feature.ts'
export {
  type ContextFunction,
  contextFunctions,
  contextFunctionType,
  type Policy,
  type ProtectedModel,
  policyRoles,
  protectedModels,
} from './protection.ts'
export {
  createContextFunction,
  createPolicy,
  dropPolicy,
  protectTable,
  unindexedColumns,
  unprotectTable,
} from './sql.ts'
