export { type DevOptions, type DevResult, migrateDev } from './dev.ts'
export type { FoundLoss } from './losses.ts'
