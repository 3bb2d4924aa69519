export { type BatchesDone, type BatchOptions, type BatchRetry, processInBatches } from './batches/process-in-batches.ts'
export { bulk } from './feature.ts'
export {
  type BadRow,
  createImportLedger,
  dropImportLedger,
  type ImportFileOptions,
  type ImportFormat,
  type ImportProgress,
  type ImportResult,
  type ImportSource,
  importFile,
  type ReplayableSource,
} from './import/index.ts'
export type * from './types.ts'
