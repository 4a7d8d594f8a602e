/** Parts of a narrative as elements: the server gave a fixed list of them, and nothing else is drawn. */
import { createElement, Fragment, type ReactNode } from 'react'
import type { DrawnPart } from '../contract.ts'

const tags: ReadonlySet<string> = new Set([
  ...['p', 'span', 'strong', 'em', 'u', 's', 'small', 'sub', 'sup', 'br', 'ul', 'ol', 'li'],
  ...['table', 'caption', 'thead', 'tbody', 'tfoot', 'tr', 'th', 'td'],
])

export function Narrative({ parts }: { readonly parts: readonly DrawnPart[] }) {
  return <div className="documents-narrative">{draw(parts)}</div>
}

function draw(parts: readonly DrawnPart[]): ReactNode {
  return parts.map((part, index) => {
    if (typeof part === 'string') return part
    const { tag, colSpan, rowSpan, children } = part
    if (tag === 'br') return createElement('br', { key: index })
    if (!tags.has(tag)) return createElement(Fragment, { key: index }, draw(children))
    const spans = { ...(colSpan ? { colSpan } : {}), ...(rowSpan ? { rowSpan } : {}) }
    return createElement(tag, { key: index, ...spans }, draw(children))
  })
}
