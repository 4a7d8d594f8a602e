/** The open tabs of this window, following the address bar and kept through a reload. */
import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import { type AddressBar, splitAddress, withSearch } from './address.ts'
import { addressOf, close, entitle, type Tab, visit } from './tabs.ts'

/** Under this name the addresses of open tabs stand in the session storage: ids only, gone with the window. */
const storageName = 'xinglin.tabs'

export type Tabs = {
  readonly all: readonly Tab[]
  readonly pathname: string
  open(address: string): void
  close(pathname: string): void
  setSearch(pathname: string, values: Readonly<Record<string, string | undefined>>): void
  setTitle(pathname: string, title: string): void
}

export function useTabs(bar: AddressBar, home: string | undefined): Tabs {
  const address = useSyncExternalStore(bar.subscribe, bar.now)
  const { pathname, query } = splitAddress(address)
  const [all, setAll] = useState<readonly Tab[]>(() => keptTabs())
  useEffect(() => {
    if (pathname === '/' && home) bar.replace(home)
    else if (pathname !== '/') setAll((tabs) => visit(tabs, pathname, query))
  }, [bar, home, pathname, query])
  useEffect(() => keepTabs(all), [all])
  const open = useCallback(
    (next: string) => {
      const wanted = splitAddress(next)
      const known = all.find((tab) => tab.pathname === wanted.pathname)
      // Opening a screen without a query returns to it as it was left.
      bar.push(known && wanted.query === '' ? addressOf(known) : next)
    },
    [all, bar],
  )
  return useMemo(
    () => ({
      all,
      pathname,
      open,
      close: (closed) => {
        const { tabs, next } = close(all, closed)
        setAll(tabs)
        if (closed === pathname) bar.push(next ?? home ?? '/')
      },
      setSearch: (of, values) => {
        if (of === splitAddress(bar.now()).pathname) bar.replace(withSearch(bar.now(), values))
      },
      setTitle: (of, title) => setAll((tabs) => entitle(tabs, of, title)),
    }),
    [all, bar, home, open, pathname],
  )
}

function keptTabs(): readonly Tab[] {
  const text = sessionStorage.getItem(storageName)
  if (!text) return []
  const addresses: unknown = JSON.parse(text)
  if (!Array.isArray(addresses)) return []
  return addresses.map((address, index) => ({ ...splitAddress(String(address)), visited: index + 1 }))
}

function keepTabs(tabs: readonly Tab[]): void {
  sessionStorage.setItem(storageName, JSON.stringify(tabs.map(addressOf)))
}
