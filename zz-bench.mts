import pg from 'pg'
import { readFileSync } from 'node:fs'
import { createSession } from '/work/pg/src/pg/create-session.ts'
import { defineConfig } from '/work/pg/src/core/config.ts'
import { createEvents } from '/work/pg/src/core/events.ts'
import { createContext } from '/work/pg/src/core/context.ts'
import { startOperation } from '/work/pg/src/core/operation.ts'
const url = readFileSync('/tmp/pgx/url', 'utf8').trim()
const raw = new pg.Pool({ connectionString: url, max: 16 })
await raw.query(`create table if not exists posts(id int primary key, title text, views int, published bool, created_at timestamptz default now(), author_id int)`)
if (!(await raw.query('select 1 from posts limit 1')).rowCount) await raw.query(`insert into posts select i, 'A title of some length '||i, i%1000, i%2=0, now(), i%100 from generate_series(1,100000) i`)
await raw.query('vacuum analyze posts')
const Q1 = 'select id,title,views,published,created_at,author_id from posts where id=$1'
const mk = (lanes: number, max = 16) => createSession({ node: 'primary', ...(() => { const c = defineConfig({ url, environment: 'development', maxConnections: max, lanes }, {}); return { connection: c.primary, pool: c.pool } })(), events: createEvents() })
const s1 = mk(1), s2 = mk(2), s4 = mk(4), s0 = mk(0)
const ctx = createContext({ userId: 'u1', tenantId: 't1', role: undefined })
const rid = () => 1 + Math.floor(Math.random() * 99000)
const st = () => ({ text: Q1, values: [String(rid())] })
const op = (context?: any) => startOperation({ name: 'x', kind: 'read', context })
const cases: Record<string, () => Promise<any>> = {
  'pg pool 16 named': () => raw.query({ name: 'q1', text: Q1, values: [rid()] }),
  'lanes 1': () => s1.execute(op(), st()),
  'lanes 2': () => s2.execute(op(), st()),
  'lanes 4': () => s4.execute(op(), st()),
  'dedicated 16': () => s0.execute(op(), st()),
}
const sc = mk(1), scd = mk(0)
cases['lanes 1 ctx'] = () => sc.execute(op(ctx), st())
cases['dedicated ctx'] = () => scd.execute(op(ctx), st())
const only = process.argv[2]; if (only) for (const k of Object.keys(cases)) if (!only.split(',').includes(k)) delete cases[k]
async function run(f: () => Promise<any>, c: number, ms: number) { let n = 0; const t = performance.now(), end = t + ms; await Promise.all(Array.from({ length: c }, async () => { while (performance.now() < end) { await f(); n++ } })); return n / (performance.now() - t) * 1000 }
for (const n in cases) { await cases[n](); await run(cases[n], 16, 200) }
const res: any = {}
const rounds = Number(process.argv[3] ?? 3), ms = Number(process.argv[4] ?? 300)
for (let r = 0; r < rounds; r++) for (const c of [1, 16, 64]) for (const n in cases) ((res[n] ??= {})[c] ??= []).push(await run(cases[n], c, ms))
const med = (a: number[]) => a.slice().sort((x, y) => x - y)[a.length >> 1]
for (const n in cases) console.log(n.padEnd(20), 'c1', med(res[n][1]).toFixed(0).padStart(6), 'c16', med(res[n][16]).toFixed(0).padStart(6), 'c64', med(res[n][64]).toFixed(0).padStart(6))
console.log(s4.stats().lanes, s1.stats().lanes)
process.exit(0)
