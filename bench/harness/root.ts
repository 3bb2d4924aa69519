import { createRequire } from 'node:module'
import { dirname } from 'node:path'

/** The folder `bench/`. Sources and compiled files lie at different depths, so it is asked of Node. */
export const benchRoot = dirname(createRequire(import.meta.url).resolve('@substrata/bench/package.json'))
