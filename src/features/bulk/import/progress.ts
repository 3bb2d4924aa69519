/** How an import goes on, told after every batch. */
export interface ImportProgress {
  /** Rows read so far, those of earlier runs of a resumed import among them. */
  readonly rows: number
  /** Rows inserted or updated. */
  readonly written: number
  readonly bad: number
  /** Bytes done with; of objects there are none. */
  readonly bytes: number | undefined
  /** Bytes in all, where they are known. */
  readonly totalBytes: number | undefined
  /** Of this run. */
  readonly rowsPerSecond: number
  /** Milliseconds until the end, estimated; undefined where the size is not known. */
  readonly remaining: number | undefined
}

interface Counts {
  readonly rows: number
  readonly written: number
  readonly bad: number
  readonly position: number
}

/** Makes what is told, from where this run began and where it is. */
export function progressFrom(begun: Counts, totalBytes: number | undefined, hasBytes: boolean) {
  const startedAt = performance.now()
  return ({ rows, written, bad, position }: Counts): ImportProgress => {
    const seconds = (performance.now() - startedAt) / 1000
    const bytesPerSecond = (position - begun.position) / seconds
    const remaining =
      totalBytes === undefined || bytesPerSecond <= 0 ? undefined : ((totalBytes - position) / bytesPerSecond) * 1000
    return {
      rows,
      written,
      bad,
      bytes: hasBytes ? position : undefined,
      totalBytes,
      rowsPerSecond: (rows - begun.rows) / seconds,
      remaining,
    }
  }
}
