export { addressKey, dependentsOf, readDependencies } from './dependencies.ts'
export { type DescribedObject, describeDatabase } from './describe.ts'
export { type ColumnShape, type EnumShape, readEnums, readTables, type TableShape } from './tables.ts'
