export { materializedViews } from './feature.ts'
export { createRefresh, createStamp, materializedModels, refreshFunction, stampView } from './sql.ts'
export type { ViewMethods } from './types.ts'
