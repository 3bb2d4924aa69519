export { bulk } from './feature.ts'
export {
  type BadRow,
  createImportLedger,
  type ImportFormat,
  type ImportProgress,
  type ImportResult,
  type ImportSource,
  type ReplayableSource,
} from './import/index.ts'
export type * from './types.ts'
