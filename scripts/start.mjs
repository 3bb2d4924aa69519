// npm start [-- --scale N --seed --reset --port P]: installs and generates what is missing, then runs the shop and passes on
// whoever wants it to stop. examples/shop/src/main.ts is what runs.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { ensureGenerated, shopSchema } from './generate.mjs'
import { ensureInstalled, root } from './install.mjs'
import { watchNpm } from './parents.mjs'

/** How often npm is looked for; nothing reports its end (milliseconds). */
const PARENT_CHECK = 500

const npmIsGone = watchNpm()
ensureInstalled()
await ensureGenerated([shopSchema])

const shop = spawn(
  process.execPath,
  [
    '--import',
    'tsx',
    '--conditions=substrata-source',
    join(root, 'examples/shop/src/main.ts'),
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] },
)

function stop(cause) {
  // It may have ended already.
  if (shop.connected) shop.send({ stop: cause }, () => {})
}

// The shop hears a Ctrl-C in the terminal as well; it takes the two for one.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(signal))

if (npmIsGone)
  setInterval(() => {
    if (npmIsGone()) stop('npm is gone')
  }, PARENT_CHECK).unref()

shop.on('error', (error) => {
  console.error(`The shop could not be started: ${error.message}`)
  process.exit(1)
})
shop.on('exit', (code, signal) => {
  if (signal) console.error(`The shop was ended by ${signal}.`)
  process.exit(code ?? 1)
})
