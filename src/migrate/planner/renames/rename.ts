import type { RenameCandidate } from '../errors.ts'

/** Something that keeps its content under another name. */
export interface Rename {
  readonly what: RenameCandidate['what']
  readonly schema: string
  /** Of a column: its table, under its new name. */
  readonly table?: string
  readonly from: string
  readonly to: string
}

/** Something that was there and is declared no more. */
export interface Vanished {
  readonly schema: string
  readonly table?: string
  readonly name: string
}

/** Something that is declared and was not there. */
export interface Appeared extends Vanished {
  /** In the schema: of a field `Model.field`. */
  readonly label: string
}

/** One that vanished and one that appeared, alike enough to be the same. */
export interface Candidate {
  readonly vanished: Vanished
  readonly appeared: Appeared
}

/** What may be renamed on one level: enums, then tables, then the columns of tables. */
export interface Level {
  readonly what: RenameCandidate['what']
  readonly vanished: readonly Vanished[]
  readonly appeared: readonly Appeared[]
  /** Whether the two may be the same; a --rename does not ask that. */
  readonly alike: (vanished: Vanished, appeared: Appeared) => boolean
}

/** As `--rename` takes it. */
export function flagOf({ vanished, appeared }: Candidate): string {
  const [model, field] = appeared.label.split('.')
  return field === undefined ? `${vanished.name}:${model}` : `${model}.${vanished.name}:${field}`
}
