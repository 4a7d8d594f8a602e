/** Draws the open screens: the present one visible, the latest others hidden with their scroll and input kept. */
import { Empty, Loading, type ScreenPlace, ScreenPlaceProvider, useLook, useWords } from '@xinglin/kit'
import { Button } from 'antd'
import { Activity, Suspense, useEffect, useMemo } from 'react'
import { type Matched, matchScreen } from './address.ts'
import { ErrorBoundary } from './error-boundary.tsx'
import type { OpenScreen } from './rooms.ts'
import { shellWords } from './shell-words.ts'
import { awake, type Tab } from './tabs.ts'
import type { Tabs } from './use-tabs.ts'

type Props = { readonly tabs: Tabs; readonly screens: readonly OpenScreen[] }

export function WorkArea({ tabs, screens }: Props) {
  const drawn = awake(tabs.all)
  return (
    <main className="s-screens">
      {tabs.all
        .filter((tab) => drawn.has(tab.pathname) || tab.pathname === tabs.pathname)
        .map((tab) => (
          <Activity key={tab.pathname} mode={tab.pathname === tabs.pathname ? 'visible' : 'hidden'}>
            <OpenTab tab={tab} tabs={tabs} screens={screens} />
          </Activity>
        ))}
    </main>
  )
}

function OpenTab({ tab, tabs, screens }: Props & { readonly tab: Tab }) {
  const { language } = useLook()
  const found = useMemo(() => matchScreen(screens, tab.pathname), [screens, tab.pathname])
  const place = usePlace(tab, tabs, found)
  const isActive = tab.pathname === tabs.pathname
  const title = tab.title ?? found?.screen.title[language]
  useEffect(() => {
    if (isActive) document.title = title ? `${title} · 杏林 Xinglin` : '杏林 Xinglin'
  }, [isActive, title])
  if (!found) return <NotFound address={tab.pathname} onHome={() => tabs.close(tab.pathname)} />
  const { View } = found.screen
  return (
    <ScreenPlaceProvider value={place}>
      <section className="s-screen" aria-label={title}>
        <ErrorBoundary>
          <Suspense fallback={<Loading />}>
            <View />
          </Suspense>
        </ErrorBoundary>
      </section>
    </ScreenPlaceProvider>
  )
}

function usePlace(tab: Tab, tabs: Tabs, found: Matched<OpenScreen> | undefined): ScreenPlace {
  const { pathname, query } = tab
  const isActive = pathname === tabs.pathname
  const { open, setTitle, setSearch, close } = tabs
  return useMemo(
    () => ({
      params: found?.params ?? {},
      search: new URLSearchParams(query),
      isActive,
      open,
      close: () => close(pathname),
      setSearch: (values) => setSearch(pathname, values),
      setTitle: (title) => setTitle(pathname, title),
    }),
    [found, query, isActive, open, close, setSearch, setTitle, pathname],
  )
}

function NotFound({ address, onHome }: { readonly address: string; readonly onHome: () => void }) {
  const say = useWords(shellWords)
  return (
    <Empty title={say('notFound')} action={<Button onClick={onHome}>{say('home')}</Button>}>
      {say('notFoundHelp', { address })}
    </Empty>
  )
}
