/** FHIR R4 §2.7.3 Narrative: only the elements that the standard allows are drawn, without styles, scripts or links out. */
import { createElement, Fragment, type ReactNode, useMemo } from 'react'

const allowed: ReadonlySet<string> = new Set([
  ...['p', 'div', 'span', 'br', 'hr', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'blockquote', 'pre', 'code'],
  ...['ul', 'ol', 'li', 'dl', 'dt', 'dd', 'table', 'caption', 'thead', 'tbody', 'tfoot', 'tr', 'th', 'td'],
  ...[
    'b',
    'i',
    'em',
    'strong',
    'small',
    'big',
    'tt',
    'sub',
    'sup',
    'u',
    's',
    'q',
    'cite',
    'abbr',
    'dfn',
    'var',
    'kbd',
  ],
])
/** Elements whose content is no text either. */
const dropped: ReadonlySet<string> = new Set(['script', 'style', 'object', 'iframe', 'template', 'head'])
const empty: ReadonlySet<string> = new Set(['br', 'hr'])

export function Narrative({ xhtml }: { readonly xhtml: string }) {
  const content = useMemo(() => draw(new DOMParser().parseFromString(xhtml, 'text/html').body), [xhtml])
  return <div className="chart-narrative">{content}</div>
}

function draw(node: Node): ReactNode {
  return [...node.childNodes].map((child, index) => {
    if (child instanceof Text) return child.data
    if (!(child instanceof Element)) return null
    const name = child.localName
    if (dropped.has(name)) return null
    if (empty.has(name)) return createElement(name, { key: index })
    if (!allowed.has(name)) return createElement(Fragment, { key: index }, draw(child))
    return createElement(name, { key: index, ...spans(child) }, draw(child))
  })
}

function spans(element: Element): { colSpan?: number; rowSpan?: number } {
  const colSpan = Number(element.getAttribute('colspan'))
  const rowSpan = Number(element.getAttribute('rowspan'))
  return { ...(colSpan > 1 ? { colSpan } : {}), ...(rowSpan > 1 ? { rowSpan } : {}) }
}
