/** A request of the tour, as a reader would copy it. */
export interface TourRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** The requests that a start has printed, in order. */
export function tourOf(stdout: string): TourRequest[] {
  return stdout.split('\n').flatMap((line): TourRequest[] => {
    const get = /^ {2}(http:\S+)/.exec(line)?.[1]
    if (get !== undefined) return [{ method: 'GET', url: get, headers: {} }]
    const [, method = 'GET', url, options = ''] = /^ {2}curl (?:-X (\w+) )?'([^']*)'(.*)$/.exec(line) ?? []
    if (url === undefined) return []
    const headers = [...options.matchAll(/ -H '([^:']*): ([^']*)'/g)].map(([, name, value]) => [name, value])
    const body = / -d '([^']*)'$/.exec(options)?.[1]
    return [{ method, url, headers: Object.fromEntries(headers), ...(body !== undefined && { body }) }]
  })
}

/** Reads a path as the admin of the tour. */
export function asAdmin(stdout: string, path: string): Promise<Response> {
  const { url, headers } = tourOf(stdout).find(({ url }) => url.endsWith('/statistics'))!
  return fetch(new URL(path, url), { headers })
}
