/** The open screens: one tab a pathname, its query kept with it, the longest unused ones put to sleep. */

export type Tab = {
  /** What makes the tab one: `/chart/patients/7`. */
  readonly pathname: string
  readonly query: string
  /** Given by the screen, for example the patient's name; else the screen's title. */
  readonly title?: string
  /** Counts up with each visit; the highest is the present one. */
  readonly visited: number
}

/** More open screens than this stay as tabs but are drawn anew when returned to, so that memory stays flat. */
export const awakeTabs = 6
/** More tabs than this cannot be read; the longest unused one closes. */
export const mostTabs = 16

/** The tabs after going to an address. */
export function visit(tabs: readonly Tab[], pathname: string, query: string): readonly Tab[] {
  const visited = Math.max(0, ...tabs.map((tab) => tab.visited)) + 1
  if (tabs.some((tab) => tab.pathname === pathname)) {
    return tabs.map((tab) => (tab.pathname === pathname ? { ...tab, query, visited } : tab))
  }
  const room = tabs.length < mostTabs ? tabs : tabs.filter((tab) => tab !== oldest(tabs))
  return [...room, { pathname, query, visited }]
}

/** The tabs without one, and the address to show where it was the present one. */
export function close(
  tabs: readonly Tab[],
  pathname: string,
): { tabs: readonly Tab[]; next: string | undefined } {
  const rest = tabs.filter((tab) => tab.pathname !== pathname)
  const next = newest(rest)
  return { tabs: rest, next: next ? addressOf(next) : undefined }
}

/** The tabs with a new title for one; the same list where it is called so already, so that nothing is drawn again. */
export function entitle(tabs: readonly Tab[], pathname: string, title: string): readonly Tab[] {
  if (!tabs.some((tab) => tab.pathname === pathname && tab.title !== title)) return tabs
  return tabs.map((tab) => (tab.pathname === pathname ? { ...tab, title } : tab))
}

/** Pathnames that stay drawn (hidden or not): the most lately visited. */
export function awake(tabs: readonly Tab[]): ReadonlySet<string> {
  const latest = [...tabs].sort((left, right) => right.visited - left.visited).slice(0, awakeTabs)
  return new Set(latest.map((tab) => tab.pathname))
}

export const addressOf = (tab: Tab) => (tab.query ? `${tab.pathname}?${tab.query}` : tab.pathname)
const newest = (tabs: readonly Tab[]) => [...tabs].sort((left, right) => right.visited - left.visited)[0]
const oldest = (tabs: readonly Tab[]) => [...tabs].sort((left, right) => left.visited - right.visited)[0]
