type Own = Record<string | symbol, unknown>

/**
 * What stands in front of an object of Prisma's: properties of ours first, each made when it is first asked for, then whatever
 * Prisma's object has. It is a proxy, and its handler too: an application makes a client per request, so that what one costs
 * is to lie in the class, not in each.
 *
 * Not a proxy of Prisma's object itself: what is fixed there, such as the missing $on, could not be another here.
 */
export abstract class Front implements ProxyHandler<Own> {
  /** What users hold. */
  readonly shown: object = new Proxy<Own>({}, this)

  /** A property of ours; undefined for a name that is Prisma's. */
  protected abstract make(name: string | symbol): unknown
  /** Prisma's object. */
  protected abstract prismas(): object
  /** Names of ours that Prisma's object may not have. */
  protected added(): Iterable<string | symbol> {
    return []
  }

  protected fromPrisma(name: string | symbol): unknown {
    return Reflect.get(this.prismas(), name)
  }

  get(own: Own, name: string | symbol): unknown {
    return this.#owns(own, name) ? own[name] : this.fromPrisma(name)
  }

  /** As an assignment to any object: without it, one to a property that is not made yet would be fixed for ever. */
  set(own: Own, name: string | symbol, value: unknown): boolean {
    return Reflect.set(own, name, value)
  }

  has(own: Own, name: string | symbol): boolean {
    return this.#owns(own, name) || Reflect.has(this.prismas(), name)
  }

  ownKeys(own: Own): (string | symbol)[] {
    return [...new Set([...this.added(), ...Reflect.ownKeys(own), ...Reflect.ownKeys(this.prismas())])]
  }

  getOwnPropertyDescriptor(own: Own, name: string | symbol): PropertyDescriptor | undefined {
    if (this.#owns(own, name)) return Reflect.getOwnPropertyDescriptor(own, name)
    const descriptor = Reflect.getOwnPropertyDescriptor(this.prismas(), name)
    // A proxy may not call fixed what its target does not have.
    return descriptor && { ...descriptor, configurable: true }
  }

  #owns(own: Own, name: string | symbol): boolean {
    if (Object.hasOwn(own, name)) return true
    const made = this.make(name)
    if (made === undefined) return false
    own[name] = made
    return true
  }
}
