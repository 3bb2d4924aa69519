export { createRefresh, createStamp, materializedModels, refreshFunction, stampView } from './sql.ts'
