/** Why the shop is asked to stop. */
export class StopRequest extends Error {
  constructor(cause: string) {
    super(`asked to stop (${cause})`)
    this.name = 'StopRequest'
  }
}

/**
 * The signal that aborts, with a {@link StopRequest}, when the shop shall stop: by Ctrl-C or a signal, by a message of the process that
 * started it, or because that process is gone.
 *
 * One Ctrl-C arrives here twice, from the terminal and passed on as a message. Only what comes from the terminal itself is
 * counted, so the second one means a second key press: it ends the process at once.
 */
export function listenForStop(): AbortSignal {
  const controller = new AbortController()
  const stop = (cause: string) => {
    if (controller.signal.aborted) return
    console.error(`\nStopping${cause === 'SIGINT' ? ' (Ctrl-C again to stop at once)' : ''} ...`)
    controller.abort(new StopRequest(cause))
  }
  let interrupts = 0
  process.on('SIGINT', () => {
    interrupts++
    if (interrupts > 1) {
      console.error('\nStopping at once.')
      process.exit(130)
    }
    stop('SIGINT')
  })
  process.on('SIGTERM', () => stop('SIGTERM'))
  process.on('SIGHUP', () => stop('SIGHUP'))
  process.on('message', (message) => {
    if (typeof message === 'object' && message !== null && 'stop' in message) stop(String(message.stop))
  })
  process.on('disconnect', () => stop('the starting process is gone'))
  return controller.signal
}
