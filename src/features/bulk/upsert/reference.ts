import type { Column } from '../../../query/index.ts'

/** A column of one of an upsert's two rows, as callers put it into SQL of their own. */
export class Reference {
  readonly row: 'existing' | 'excluded'
  readonly column: Column

  constructor(row: 'existing' | 'excluded', column: Column) {
    this.row = row
    this.column = column
  }
}
