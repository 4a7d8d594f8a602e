/** The screens of all apps, found by where they stand; those that the server has not enabled or this person may not open are left out. */
import {
  type Answer,
  holds,
  type Me,
  type ScreenDefinition,
  type SearchDefinition,
  useAsk,
} from '@xinglin/kit'
import { type ComponentType, lazy, useMemo } from 'react'

type AppScreens = {
  readonly screens: readonly ScreenDefinition[]
  readonly searches?: readonly SearchDefinition[]
}
export type OpenScreen = ScreenDefinition & {
  readonly app: string
  readonly View: ComponentType
  readonly Badge?: ComponentType
}
export type Rooms = {
  readonly screens: readonly OpenScreen[]
  readonly searches: readonly SearchDefinition[]
}

const modules = import.meta.glob<AppScreens>('../../apps/*/screens/screens.tsx', { eager: true })

const everything = Object.entries(modules).map(([file, module]) => ({
  app: file.split('/')[3] ?? '',
  searches: module.searches ?? [],
  screens: module.screens.map((screen) => ({
    ...screen,
    View: lazy(() => screen.load().then(({ Screen }) => ({ default: Screen }))),
    ...badgePart(screen),
  })),
}))

function badgePart({ rail }: ScreenDefinition): Pick<OpenScreen, 'Badge'> {
  const load = rail?.badge
  return load ? { Badge: lazy(() => load().then(({ Badge }) => ({ default: Badge }))) } : {}
}

type EnabledApps = { readonly apps: readonly { readonly id: string }[] } | readonly { readonly id: string }[]

/** What this person may open, once the server has told which apps it runs. */
export function useRooms(me: Me): Answer<Rooms> {
  const answer = useAsk<EnabledApps>('/api/apps', { staleAfterMs: 300_000 })
  const enabled = answer.state === 'ready' ? answer.data : undefined
  const rooms = useMemo(() => (enabled ? roomsOf(me, enabled) : undefined), [enabled, me])
  if (answer.state !== 'ready') return answer
  return rooms ? { ...answer, data: rooms } : { state: 'loading' }
}

function roomsOf(me: Me, enabled: EnabledApps): Rooms {
  const apps = 'apps' in enabled ? enabled.apps : enabled
  const ids = new Set(apps.map(({ id }) => id))
  const rooms = everything.filter(({ app }) => ids.has(app))
  return {
    screens: rooms
      .flatMap(({ app, screens }) => screens.map((screen) => ({ ...screen, app })))
      .filter((screen) => holds(me, screen.permission) && holds(me, screen.rail?.permission))
      .sort((left, right) => (left.rail?.order ?? 100) - (right.rail?.order ?? 100)),
    searches: rooms.flatMap(({ searches }) => searches).filter((search) => holds(me, search.permission)),
  }
}
