export { type AdapterOptions, createAdapterFactory } from './adapter.ts'
export { type Answer, type Scope, scopes } from './scope.ts'
