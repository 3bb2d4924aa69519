export { vectorColumn } from './annotation.ts'
export { type Searchable, searchableModels } from './searchable.ts'
export { addVector, createConfiguration, madeConfigurations } from './sql.ts'
