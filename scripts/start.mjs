// npm start [-- --scale N --seed --reset --port P]: installs and generates what is missing, then runs the shop and passes on
// whoever wants it to stop. examples/shop/src/main.ts is what runs.
import { spawn } from 'node:child_process'
import { ensureGenerated } from './generate.mjs'
import { ensureInstalled, root } from './install.mjs'

/** How often a parent that is gone is looked for; nothing reports it (milliseconds). */
const PARENT_CHECK = 500

const parent = process.ppid
ensureInstalled()
ensureGenerated()

const shop = spawn(
  process.execPath,
  ['--import', 'tsx', '--conditions=substrata-source', 'examples/shop/src/main.ts', ...process.argv.slice(2)],
  { cwd: root, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] },
)

function stop(cause) {
  // It may have ended already.
  if (shop.connected) shop.send({ stop: cause }, () => {})
}

// The shop hears a Ctrl-C in the terminal as well; it takes the two for one.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(signal))

// A shell that started this directly may well end before it (`node scripts/start.mjs &`); npm may not.
if (process.env.npm_lifecycle_event === 'start')
  setInterval(() => {
    if (process.ppid !== parent) stop('npm is gone')
  }, PARENT_CHECK).unref()

shop.on('error', (error) => {
  console.error(`The shop could not be started: ${error.message}`)
  process.exit(1)
})
shop.on('exit', (code, signal) => {
  if (signal) console.error(`The shop was ended by ${signal}.`)
  process.exit(code ?? 1)
})
