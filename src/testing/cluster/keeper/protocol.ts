/** What the keeper is told when it starts, as JSON in its only argument. */
export interface Lifetime {
  /** The cluster's folder, absolute. */
  readonly directory: string
  /** Whether the folder is removed when the keeper ends. */
  readonly temporary: boolean
  /** The process that started the cluster. */
  readonly owner: number
}

/** A program to run, and as whom. */
export interface Command {
  readonly file: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly uid?: number
  readonly gid?: number
}

/** How a program ended; `output` holds the last of what it printed. */
export interface Ended {
  readonly code: number | null
  readonly output: string
}

/** `fast` ends sessions and writes a checkpoint; `immediate` leaves the rest to recovery. */
export type StopMode = 'fast' | 'immediate'

/** The calls that the process which started the cluster makes to its keeper. */
export interface KeeperMethods {
  /**
   * Takes the directory's lock and stops servers that an earlier keeper left running in it.
   *
   * @returns The process that holds the directory, when another cluster runs in it.
   */
  claim(): Promise<{ owner: number } | undefined>
  /** Runs a program to its end. */
  run(command: Command): Promise<Ended>
  /**
   * Starts a server on a data directory.
   *
   * @returns undefined once it takes connections, else how it ended.
   */
  start(data: string, log: string, command: Command): Promise<Ended | undefined>
  stop(data: string, mode: StopMode): Promise<void>
  /** Ends every process of a server at once. */
  kill(data: string): Promise<void>
  /** Stops all servers, removes what is temporary, releases the directory and ends the keeper. */
  close(mode: StopMode): Promise<void>
}

export interface Request {
  readonly id: number
  readonly method: keyof KeeperMethods
  readonly args: readonly unknown[]
}

export interface Reply {
  readonly id: number
  readonly result?: unknown
  readonly error?: string
}
