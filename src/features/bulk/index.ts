export { bulk } from './feature.ts'
export type * from './types.ts'
