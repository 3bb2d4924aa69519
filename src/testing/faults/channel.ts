import type { Socket } from 'node:net'

/** One direction of a connection: a queue in which bytes wait for their time and for stalls to end. */
export interface Channel {
  /** Sends the bytes, `latency` milliseconds from now at the earliest. */
  send(bytes: Buffer, latency: number): void
  /** Lets nothing that comes after it pass, until the returned function is called. */
  stall(): () => void
  /** Runs the action once everything up to now has been sent. */
  afterAll(action: () => void): void
  /** The same, but what a stall holds back is given up. */
  finish(action: () => void): void
}

interface Item {
  readonly due: number
  readonly passes: () => boolean
  readonly act: () => void
}

export function createChannel(source: Socket, target: Socket): Channel {
  const queue: Item[] = []
  let timer: NodeJS.Timeout | undefined

  function enqueue(item: Partial<Item>): void {
    queue.push({ due: 0, passes: () => true, act: () => {}, ...item })
    flush()
  }

  function flush(): void {
    clearTimeout(timer)
    target.cork()
    for (let head = queue[0]; head?.passes(); head = queue[0]) {
      const wait = head.due - performance.now()
      if (wait > 0) {
        timer = setTimeout(flush, Math.ceil(wait))
        break
      }
      queue.shift()
      head.act()
    }
    target.uncork()
  }

  function write(bytes: Buffer): void {
    if (target.destroyed || target.writableEnded || target.write(bytes)) return
    source.pause()
    target.once('drain', () => source.resume())
  }

  return {
    send: (bytes, latency) => enqueue({ due: performance.now() + latency, act: () => write(bytes) }),
    stall() {
      let over = false
      enqueue({ passes: () => over })
      return () => {
        over = true
        flush()
      }
    },
    afterAll: (action) => enqueue({ act: action }),
    finish(action) {
      const stalled = queue.findIndex((item) => !item.passes())
      if (stalled >= 0) queue.length = stalled
      enqueue({ act: action })
    },
  }
}
