// Preloaded into Prisma's CLI on Windows, which can start no script as a program: starts the schema engine through Node.
const childProcess = require('node:child_process')

const { spawn } = childProcess
childProcess.spawn = (command, args, options) =>
  command === process.env.PRISMA_SCHEMA_ENGINE_BINARY
    ? spawn(process.execPath, [command, ...args], options)
    : spawn(command, args, options)
