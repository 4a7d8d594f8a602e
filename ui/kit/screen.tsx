/** What a screen is: an address, a title in both languages and a module that is loaded when it is opened. */
import {
  type ComponentType,
  createContext,
  type MouseEvent,
  type ReactNode,
  useContext,
  useEffect,
} from 'react'

export type Text = { readonly zh: string; readonly en: string }

/** `path` starts with the app's id and may hold `:name` parts: `/imaging/viewer/:studyUid`. */
export type ScreenDefinition = {
  readonly path: string
  readonly title: Text
  /** Stands in the rail where given; `order` is 0–99, small is high. Hidden without the permission. */
  readonly rail?: {
    readonly icon: ComponentType
    readonly order: number
    readonly permission?: string
    /** A number beside the icon that changes by itself: what waits there. */
    readonly badge?: () => Promise<{ readonly Badge: ComponentType }>
  }
  /** Needed to open the screen at all; of several one is enough. */
  readonly permission?: string | readonly string[]
  readonly load: () => Promise<{ readonly Screen: ComponentType }>
}

/** One line of the command bar that an app finds for what was typed. */
export type Hit = {
  readonly key: string
  readonly title: string
  readonly detail?: string
  readonly address: string
}
/** What an app can find by typed words (`searches` beside `screens` in its screens.tsx). */
export type SearchDefinition = {
  readonly title: Text
  readonly permission?: string
  readonly find: (text: string, signal: AbortSignal) => Promise<readonly Hit[]>
}

/** What the frame gives to an open screen. */
export type ScreenPlace = {
  /** Values of the `:name` parts of the path. */
  readonly params: Readonly<Record<string, string>>
  /** The query of the address: filters, chosen row. Survives Back, reload and sharing. */
  readonly search: URLSearchParams
  /** Whether this tab is the one being looked at. */
  readonly isActive: boolean
  /** Changes the query of this screen without a step in the browser's history; an empty or undefined value is taken out. */
  setSearch(values: Readonly<Record<string, string | undefined>>): void
  /** Opens an address of ours in its own tab (or shows the tab that has it). */
  open(address: string): void
  close(): void
  setTitle(title: string): void
}

const PlaceContext = createContext<ScreenPlace | undefined>(undefined)
export const ScreenPlaceProvider = PlaceContext

/** The place of the screen that is being drawn. */
export function useScreen(): ScreenPlace {
  const place = useContext(PlaceContext)
  if (!place) throw new Error('useScreen is used outside a screen')
  return place
}

/** Names this screen's tab, for example by the patient. */
export function useTitle(title: string | undefined): void {
  const { setTitle } = useScreen()
  useEffect(() => {
    if (title) setTitle(title)
  }, [title, setTitle])
}

/** A link inside the frame: a plain click opens the tab, with Ctrl or the middle button the browser's own. */
export function Go({ to, children, className }: { to: string; children: ReactNode; className?: string }) {
  const { open } = useScreen()
  const follow = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return
    event.preventDefault()
    open(to)
  }
  return (
    <a href={to} onClick={follow} className={className}>
      {children}
    </a>
  )
}
