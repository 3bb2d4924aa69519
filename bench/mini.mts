import { startCluster } from 'substrata/testing'
import { emptyDatabase } from './suites/bulk/database.ts'
const names = process.argv[2]!.split(',')
const rounds = Number(process.argv[3] ?? 3)
await using cluster = await startCluster({})
const db = await emptyDatabase({ url: cluster.primary.url, standbyUrls: [] } as never)
const cases = await Promise.all(names.map(async (n) => { const [m, o] = n.split(':'); return [n, await (await import(`./suites/bulk/upsert/${m}.ts`)).prepare(db, o ? { outcome: true } : {})] as const }))
const times = new Map<string, number[]>()
for (let r = 0; r < rounds; r++) for (const [n, c] of cases) { const i = c.input(); await c.before(i); const u = process.cpuUsage(); const t = performance.now(); await c.run(i); const ms = performance.now() - t; const cpu = process.cpuUsage(u); await (r === 0 && c.check(undefined, i)); times.set(n, [...(times.get(n) ?? []), Math.round(ms)]); console.log(n, Math.round(ms), 'cpu', Math.round(cpu.user / 1000)) }
for (const [n, t] of times) console.log(n, 'median', t.sort((a, b) => a - b)[t.length >> 1], t.join(' '))
for (const [, c] of cases) await c.close()
