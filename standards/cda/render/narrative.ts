/**
 * CDA R2 §4.3.5 narrative block as parts that a page may draw: only elements of the list below, no attribute of the sender but
 * spans of table cells, no link, no image, no script. What is not listed loses its element and keeps its words.
 */
import { cdaNamespace, type XmlNode } from '../xml/node.ts'

export type Drawn = string | DrawnElement
export type DrawnElement = {
  readonly tag: DrawnTag
  readonly colSpan?: number
  readonly rowSpan?: number
  readonly children: readonly Drawn[]
}
const tags = [
  ...['p', 'span', 'strong', 'em', 'u', 's', 'small', 'sub', 'sup', 'br', 'ul', 'ol', 'li'],
  ...[
    'table',
    'caption',
    'thead',
    'tbody',
    'tfoot',
    'tr',
    'th',
    'td',
    'section',
    'h2',
    'h3',
    'h4',
    'h5',
    'h6',
    'dl',
    'dt',
    'dd',
  ],
] as const
export type DrawnTag = (typeof tags)[number]

/** Elements of NarrativeBlock.xsd and what is drawn for them. */
const drawnAs: Readonly<Record<string, DrawnTag>> = {
  paragraph: 'p',
  content: 'span',
  sub: 'sub',
  sup: 'sup',
  br: 'br',
  list: 'ul',
  item: 'li',
  footnote: 'small',
  footnoteRef: 'sup',
  linkHtml: 'span',
  table: 'table',
  caption: 'caption',
  thead: 'thead',
  tbody: 'tbody',
  tfoot: 'tfoot',
  tr: 'tr',
  th: 'th',
  td: 'td',
}
/** §4.3.5.11: the styles that say more than looks. */
const styles: readonly (readonly [RegExp, DrawnTag])[] = [
  [/\bBold\b/i, 'strong'],
  [/\bItalics?\b/i, 'em'],
  [/\bUnderline\b/i, 'u'],
]
/** What stands for an element whose words are not to be read. */
const dropped: ReadonlySet<string> = new Set(['script', 'style', 'renderMultiMedia', 'colgroup', 'col'])
/** A table wider than this is no clinical table. */
const mostSpanned = 100

/** The parts of a narrative block. */
export function drawnNarrative(text: XmlNode): readonly Drawn[] {
  return text.children.flatMap((child) => drawn(child, text))
}

function drawn(child: XmlNode | string, parent: XmlNode): readonly Drawn[] {
  if (typeof child === 'string') return isBetweenRows(child, parent) ? [] : [child]
  if (dropped.has(child.name)) return []
  const inside = child.children.flatMap((each) => drawn(each, child))
  const tag = child.space === cdaNamespace ? tagOf(child, parent) : undefined
  if (!tag) return inside
  return [{ tag, ...spansOf(child), children: tag === 'br' ? [] : inside }]
}

function tagOf(node: XmlNode, parent: XmlNode): DrawnTag | undefined {
  // A deletion of a later version (§4.3.5.2) is read as struck out.
  if (node.name === 'content' && node.attributes.revised === 'delete') return 's'
  if (node.name === 'content')
    return styles.find(([style]) => style.test(node.attributes.styleCode ?? ''))?.[1] ?? 'span'
  if (node.name === 'list' && node.attributes.listType === 'ordered') return 'ol'
  if (node.name === 'caption' && parent.name !== 'table') return 'strong'
  return Object.hasOwn(drawnAs, node.name) ? drawnAs[node.name] : undefined
}

function isBetweenRows(text: string, { name }: XmlNode): boolean {
  return text.trim() === '' && ['table', 'thead', 'tbody', 'tfoot', 'tr', 'list', 'text'].includes(name)
}

function spansOf({ attributes: { colspan, rowspan } }: XmlNode): { colSpan?: number; rowSpan?: number } {
  const span = (said: string | undefined) =>
    /^\d{1,3}$/.test(said ?? '') ? Math.min(Number(said), mostSpanned) : 1
  return {
    ...(span(colspan) > 1 ? { colSpan: span(colspan) } : {}),
    ...(span(rowspan) > 1 ? { rowSpan: span(rowspan) } : {}),
  }
}

/** Markup of the parts, every word escaped: for a page without scripts. */
export function htmlOf(parts: readonly Drawn[]): string {
  return parts.map((part) => (typeof part === 'string' ? escaped(part) : elementHtml(part))).join('')
}

function elementHtml({ tag, colSpan, rowSpan, children }: DrawnElement): string {
  const spans = `${colSpan ? ` colspan="${colSpan}"` : ''}${rowSpan ? ` rowspan="${rowSpan}"` : ''}`
  return tag === 'br' ? '<br>' : `<${tag}${spans}>${htmlOf(children)}</${tag}>`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
