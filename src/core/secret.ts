import { inspect } from 'node:util'

/** A value that shows itself to nobody who does not ask for it by name. */
export interface Secret {
  reveal(): string
  /** `[secret]` */
  toString(): string
}

const mask = '[secret]'

/** Wraps a secret: printing, logging, inspecting or serialising it gives `[secret]`. */
export function secret(value: string): Secret {
  return Object.freeze({
    reveal: () => value,
    toString: () => mask,
    toJSON: () => mask,
    [inspect.custom]: () => mask,
  })
}
