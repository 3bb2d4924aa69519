/** The clocks. Each takes a prepared case, checks what it answers and returns the figures of one round. */

import { median, percentile } from './statistics.ts'
import type { Figure, Measure, PreparedCase } from './suite.ts'

/** Until the compiled code is what stays: in a fresh process the throughput of Prisma and Drizzle rises for seconds. */
const WARM_UP_MILLISECONDS = 3000
const WARM_UP_CALLS = 3

type MeasureOf<Kind extends Measure['kind']> = Extract<Measure, { kind: Kind }>

/** Measures one round of a case. Rejects when a result is wrong. */
export function measure(prepared: PreparedCase, how: Measure): Promise<Figure[]> {
  if (how.kind === 'throughput') return throughput(prepared, how)
  if (how.kind === 'duration') return duration(prepared, how)
  if (how.kind === 'rate') return rate(prepared, how)
  if (how.kind === 'memory') return memory(prepared, how)
  if (how.kind === 'count') return count(prepared, how)
  return startup(prepared)
}

async function throughput(prepared: PreparedCase, how: MeasureOf<'throughput'>): Promise<Figure[]> {
  await callers(prepared, how.callers, how.warmUp ?? WARM_UP_MILLISECONDS)
  const { perSecond, latencies } = await callers(prepared, how.callers, how.milliseconds, how.percentiles !== undefined)
  const percentiles = how.percentiles ?? []
  return [
    { suffix: '', unit: '/s', value: perSecond },
    ...percentiles.map((percent) => ({ suffix: `p${percent}`, unit: 'ms', value: percentile(latencies, percent) })),
  ]
}

/** Lets so many callers call for so long; checks each caller's last result once the clock has stopped. */
async function callers(prepared: PreparedCase, count: number, milliseconds: number, timed = false) {
  const latencies: number[] = []
  const last: { result: unknown; input: unknown }[] = []
  let calls = 0
  const start = performance.now()
  const end = start + milliseconds
  const caller = async () => {
    for (;;) {
      const input = prepared.input?.()
      const called = timed ? performance.now() : 0
      const result = await prepared.run(input)
      const now = performance.now()
      if (prepared.counts?.(result) ?? true) calls++
      if (timed) latencies.push(now - called)
      if (now < end) continue
      last.push({ result, input })
      return
    }
  }
  await Promise.all(Array.from({ length: count }, caller))
  const perSecond = (calls / (performance.now() - start)) * 1000
  for (const { result, input } of last) await prepared.check(result, input)
  return { perSecond, latencies }
}

async function duration(prepared: PreparedCase, how: MeasureOf<'duration'>): Promise<Figure[]> {
  return [{ suffix: '', unit: 'ms', value: median(await durations(prepared, how.calls)) }]
}

async function rate(prepared: PreparedCase, how: MeasureOf<'rate'>): Promise<Figure[]> {
  const milliseconds = median(await durations(prepared, how.calls))
  return [{ suffix: '', unit: how.unit, value: (how.items / milliseconds) * 1000 }]
}

async function count(prepared: PreparedCase, how: MeasureOf<'count'>): Promise<Figure[]> {
  const counted: number[] = []
  for (let call = 0; call < how.calls; call++) counted.push(Number(await checkedCall(prepared)))
  return [{ suffix: '', unit: how.unit, value: median(counted) }]
}

async function checkedCall(prepared: PreparedCase): Promise<unknown> {
  const input = prepared.input?.()
  await prepared.before?.(input)
  const result = await prepared.run(input)
  await prepared.check(result, input)
  await prepared.after?.(result, input)
  return result
}

async function durations(prepared: PreparedCase, calls: number): Promise<number[]> {
  for (let call = 0; call < Math.min(calls, WARM_UP_CALLS); call++) await singleCall(prepared)
  const taken: number[] = []
  for (let call = 0; call < calls; call++) taken.push(await singleCall(prepared))
  return taken
}

async function memory(prepared: PreparedCase, how: MeasureOf<'memory'>): Promise<Figure[]> {
  if (globalThis.gc === undefined) throw new Error('memory is measured in a process started with --expose-gc')
  await calls(prepared, how.warmUp ?? 0, how.callers ?? 1)
  globalThis.gc()
  const before = process.memoryUsage().heapUsed
  await calls(prepared, how.calls, how.callers ?? 1)
  globalThis.gc()
  return [
    // resourceUsage() counts in kibibytes.
    { suffix: '', unit: 'MB', value: (process.resourceUsage().maxRSS * 1024) / 1e6 },
    { suffix: 'heap kept', unit: 'MB', value: (process.memoryUsage().heapUsed - before) / 1e6 },
  ]
}

/** Makes so many calls, of which each caller makes one after the other. */
async function calls(prepared: PreparedCase, count: number, callers: number): Promise<void> {
  let call = 0
  const caller = async () => {
    while (call++ < count) await singleCall(prepared)
  }
  await Promise.all(Array.from({ length: callers }, caller))
}

async function startup(prepared: PreparedCase): Promise<Figure[]> {
  const input = prepared.input?.()
  const result = await prepared.run(input)
  // performance.now() counts from the start of the process.
  const value = performance.now()
  await prepared.check(result, input)
  return [{ suffix: '', unit: 'ms', value }]
}

/** One call with everything around it; the milliseconds of the call itself. */
async function singleCall(prepared: PreparedCase): Promise<number> {
  const input = prepared.input?.()
  await prepared.before?.(input)
  const start = performance.now()
  const result = await prepared.run(input)
  const taken = performance.now() - start
  await prepared.check(result, input)
  await prepared.after?.(result, input)
  return taken
}

/** The same measure, short: for a first look and for seeing that a suite works. */
export function quick(how: Measure): Measure {
  if ('milliseconds' in how) return { ...how, milliseconds: Math.min(how.milliseconds, 200), warmUp: 200 }
  if (how.kind === 'memory') return { ...how, calls: Math.min(how.calls, 3), warmUp: 0 }
  if ('calls' in how) return { ...how, calls: Math.min(how.calls, 3) }
  return how
}
