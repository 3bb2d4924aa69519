/** What is wrong in a text and where; offsets are those of the text that was read. */
export interface FaultAt {
  readonly start: number
  readonly end: number
  readonly message: string
  /** What would have been right. */
  readonly expected?: string
  /** The known name that is nearest to the one written. */
  readonly nearest?: string
}

/** Ends the reading of one construct. Whoever reads a whole file catches it, keeps its fault and reads on. */
export class SyntaxFault extends Error {
  readonly fault: FaultAt

  constructor(fault: FaultAt) {
    super(fault.message)
    this.fault = fault
  }
}
