export { type AdapterOptions, createAdapterFactory } from './adapter.ts'
export { type Scope, scopes } from './scope.ts'
