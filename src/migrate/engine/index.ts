export { type Diff, type DiffSide, type Engine, openEngine, withShadowDatabase } from './engine.ts'
export { readMigrations } from './migrations.ts'
export { replayMigrations } from './replay.ts'
export type { SchemaFile } from './session.ts'
