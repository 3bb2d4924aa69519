// Loads a module of the package: compiled from dist/ as published, from src/ through tsx inside the repository, where nothing
// needs to be built.
import { existsSync } from 'node:fs'
import { register } from 'node:module'

/** @param {string} path - Relative to src/ and dist/, without an extension. */
export async function load(path) {
  const source = new URL(`../src/${path}.ts`, import.meta.url)
  if (!existsSync(source)) return import(new URL(`../dist/${path}.js`, import.meta.url).href)
  const tsx = await import('tsx/esm/api')
  tsx.register()
  // Inside the repository `substrata` is a name for src/, also in the user's files that a command loads.
  register(`data:text/javascript,${encodeURIComponent(sourceCondition)}`)
  return import(source.href)
}

const sourceCondition = `
export const resolve = (specifier, context, next) =>
  next(specifier, { ...context, conditions: [...context.conditions, 'substrata-source'] })`
