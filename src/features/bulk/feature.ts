import type { FeatureFactory } from '../../client/index.ts'
import { inBatches } from './batches/in-batches.ts'
import { deleteEach, updateEach } from './each/each.ts'
import { importFrom } from './import/index.ts'
import { upsertMany } from './upsert/upsert-many.ts'

/** Writes of many rows: each method is a statement or a few, whatever the number of rows. */
export const bulk: FeatureFactory = () => ({
  name: 'bulk',
  methods: { upsertMany, updateEach, deleteEach, importFrom, inBatches },
})
