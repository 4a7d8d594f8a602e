/** Column widths of a grid: as designed at first, as dragged afterwards, kept in this browser. */
import { type PointerEvent, useMemo, useState } from 'react'
import { keep, kept } from './kept.ts'

export type ColumnWidths = {
  /** CSS grid-template-columns; the last column takes what is left. */
  readonly template: string
  readonly totalPx: number
  drag(key: string, event: PointerEvent): void
}

/** Narrower than this a column cannot be found again. */
const narrowestPx = 36

export function useColumnWidths(
  name: string,
  columns: readonly { readonly key: string; readonly widthPx: number }[],
): ColumnWidths {
  const [dragged, setDragged] = useState<Readonly<Record<string, number>>>(() => keptWidths(name))
  return useMemo(() => {
    const widths = columns.map(({ key, widthPx }) => dragged[key] ?? widthPx)
    return {
      template: widths
        .map((px, index) => (index === widths.length - 1 ? `minmax(${px}px, 1fr)` : `${px}px`))
        .join(' '),
      totalPx: widths.reduce((sum, px) => sum + px, 0),
      drag: (key, event) => {
        event.preventDefault()
        const startPx = widths[columns.findIndex((column) => column.key === key)] ?? narrowestPx
        follow(event.clientX, (movedPx, isDone) => {
          setDragged((present) => {
            const next = { ...present, [key]: Math.max(narrowestPx, startPx + movedPx) }
            if (isDone) keep(`columns.${name}`, JSON.stringify(next))
            return next
          })
        })
      },
    }
  }, [name, columns, dragged])
}

function follow(startX: number, moved: (movedPx: number, isDone: boolean) => void): void {
  const onMove = (event: globalThis.PointerEvent) => moved(event.clientX - startX, false)
  const onUp = (event: globalThis.PointerEvent) => {
    removeEventListener('pointermove', onMove)
    moved(event.clientX - startX, true)
  }
  addEventListener('pointermove', onMove)
  addEventListener('pointerup', onUp, { once: true })
}

function keptWidths(name: string): Readonly<Record<string, number>> {
  const text = kept(`columns.${name}`)
  if (!text) return {}
  const found: unknown = JSON.parse(text)
  return typeof found === 'object' && found !== null ? (found as Record<string, number>) : {}
}
