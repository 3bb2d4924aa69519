export type { Arguments, Call, Operation, Runtime } from './call.ts'
export { Compiler, type Refusal } from './compiler.ts'
export type { Plan, WireRow } from './plan.ts'
export { Uncovered } from './uncovered.ts'
