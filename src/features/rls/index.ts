export { type Explanation, explainPolicies } from './explain.ts'
export { rowSecurity } from './feature.ts'
export { type CheckName, checkRowSecurity, type Finding } from './probe.ts'
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
