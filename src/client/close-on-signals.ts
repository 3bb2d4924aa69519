/**
 * Closes before the process ends by a signal, then lets the signal end it as it would have.
 *
 * @see https://nodejs.org/api/process.html#signal-events
 */
export function closeOnSignals(signals: readonly NodeJS.Signals[], close: () => Promise<void>): void {
  for (const signal of signals) {
    process.once(signal, () => {
      void close().finally(() => process.kill(process.pid, signal))
    })
  }
}
