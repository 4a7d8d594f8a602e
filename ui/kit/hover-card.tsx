/** One card for the whole page that explains what the pointer or the focus is on; cheap enough for a thousand cells. */
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react'

type Shown = { readonly anchor: HTMLElement; readonly content: ReactNode }
type Cards = { show(shown: Shown): void; hide(anchor: HTMLElement): void; readonly id: string }

const CardsContext = createContext<Cards | undefined>(undefined)

/** Rests this long before it opens, so that crossing a table with the pointer flashes nothing. */
const restMs = 120

export function HoverCards({ children }: { readonly children: ReactNode }) {
  const [shown, setShown] = useState<Shown>()
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const id = useId()
  const cards = useMemo<Cards>(
    () => ({
      id,
      show: (next) => {
        clearTimeout(timer.current)
        timer.current = setTimeout(() => setShown(next), restMs)
      },
      hide: (anchor) => {
        clearTimeout(timer.current)
        setShown((present) => (present?.anchor === anchor ? undefined : present))
      },
    }),
    [id],
  )
  return (
    <CardsContext value={cards}>
      {children}
      {shown ? <Card id={id} shown={shown} close={() => setShown(undefined)} /> : null}
    </CardsContext>
  )
}

/** Handlers that show `content` while the element is under the pointer, focused or tapped. */
export function useHoverCard(content: () => ReactNode) {
  const cards = useContext(CardsContext)
  const show = useCallback(
    (event: { currentTarget: HTMLElement }) =>
      cards?.show({ anchor: event.currentTarget, content: content() }),
    [cards, content],
  )
  const hide = useCallback(
    (event: { currentTarget: HTMLElement }) => cards?.hide(event.currentTarget),
    [cards],
  )
  return { onPointerEnter: show, onPointerLeave: hide, onFocus: show, onBlur: hide }
}

function Card({ id, shown, close }: { id: string; shown: Shown; close: () => void }) {
  const card = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    if (card.current) place(card.current, shown.anchor.getBoundingClientRect())
  }, [shown])
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => event.key === 'Escape' && close()
    addEventListener('keydown', onKey)
    addEventListener('scroll', close, true)
    return () => {
      removeEventListener('keydown', onKey)
      removeEventListener('scroll', close, true)
    }
  }, [close])
  return (
    <div ref={card} id={id} role="tooltip" className="x-hover-card">
      {shown.content}
    </div>
  )
}

function place(card: HTMLElement, anchor: DOMRect): void {
  const { width, height } = card.getBoundingClientRect()
  const below = anchor.bottom + 4
  const top = below + height > innerHeight ? Math.max(4, anchor.top - height - 4) : below
  const left = Math.max(4, Math.min(anchor.left, innerWidth - width - 4))
  card.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`
}
