/** Addresses of screens: matching a path to a screen, and the browser's address bar as a store. */

export type Matched<Screen> = { readonly screen: Screen; readonly params: Readonly<Record<string, string>> }

/** The screen whose `path` (`/imaging/viewer/:studyUid`) fits a pathname; the one with more fixed parts wins. */
export function matchScreen<Screen extends { readonly path: string }>(
  screens: readonly Screen[],
  pathname: string,
): Matched<Screen> | undefined {
  const found = screens.flatMap((screen) => {
    const params = paramsOf(screen.path, pathname)
    return params ? [{ screen, params }] : []
  })
  return found.sort((left, right) => Object.keys(left.params).length - Object.keys(right.params).length)[0]
}

function paramsOf(path: string, pathname: string): Record<string, string> | undefined {
  const wanted = partsOf(path)
  const given = partsOf(pathname)
  if (wanted.length !== given.length) return undefined
  const params: Record<string, string> = {}
  for (const [index, part] of wanted.entries()) {
    const value = decoded(given[index] ?? '')
    if (value === undefined) return undefined
    if (part.startsWith(':')) params[part.slice(1)] = value
    else if (part !== value) return undefined
  }
  return params
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part)
  } catch {
    // A broken escape (RFC 3986 §2.1) is no address of ours.
    return undefined
  }
}

const partsOf = (path: string) => path.split('/').filter(Boolean)

/** `/a/b?x=1` in its two halves; the query without its question mark. */
export function splitAddress(address: string): { readonly pathname: string; readonly query: string } {
  const mark = address.indexOf('?')
  if (mark < 0) return { pathname: address, query: '' }
  return { pathname: address.slice(0, mark), query: address.slice(mark + 1) }
}

/** An address with some values of its query set, or taken out where empty. */
export function withSearch(address: string, values: Readonly<Record<string, string | undefined>>): string {
  const { pathname, query } = splitAddress(address)
  const search = new URLSearchParams(query)
  for (const [name, value] of Object.entries(values)) {
    if (value) search.set(name, value)
    else search.delete(name)
  }
  return search.size > 0 ? `${pathname}?${search}` : pathname
}

export type AddressBar = {
  now(): string
  push(address: string): void
  replace(address: string): void
  subscribe(changed: () => void): () => void
}

/** The browser's address bar; changes by Back and Forward are heard too. */
export function createAddressBar(): AddressBar {
  const listeners = new Set<() => void>()
  const tell = () => {
    for (const changed of listeners) changed()
  }
  addEventListener('popstate', tell)
  return {
    now: () => location.pathname + location.search,
    push: (address) => {
      history.pushState(null, '', address)
      tell()
    },
    replace: (address) => {
      history.replaceState(null, '', address)
      tell()
    },
    subscribe: (changed) => {
      listeners.add(changed)
      return () => listeners.delete(changed)
    },
  }
}
