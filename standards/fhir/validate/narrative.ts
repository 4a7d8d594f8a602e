/** FHIR R4 §2.4.0 Narrative: txt-1, only the formatting that the specification names, and txt-2, some content. */

const elements: ReadonlySet<string> = new Set(
  (
    'a abbr acronym address b bdo big blockquote br caption center cite code col colgroup dd del dfn dir div dl dt em ' +
    'font h1 h2 h3 h4 h5 h6 hr i img ins kbd li map area menu ol p pre q s samp small span strike strong sub sup ' +
    'table tbody td tfoot th thead tr tt u ul var'
  ).split(' '),
)

/** What a browser would run, load or send; every other attribute only formats. */
const forbiddenAttribute =
  /\s(?:on\w+|srcdoc|action|formaction|data|codebase|background)\s*=|=\s*["']?\s*(?:javascript|vbscript):/i

const tag = /<(?:!--[\s\S]*?--|\/?([A-Za-z][\w:.-]*)([^<>]*)|[!?][^<>]*)>/g

/** txt-1: no element beside HTML 4.0 formatting, links and images; nothing that a browser would run. */
export function isBasicHtml(div: string): boolean {
  for (const [, name, attributes] of div.matchAll(tag)) {
    if (name === undefined) continue
    if (!elements.has(name)) return false
    if (attributes && forbiddenAttribute.test(attributes)) return false
  }
  return true
}

/** txt-2: text other than space, or an image. */
export function hasContent(div: string): boolean {
  return /<img[\s/>]/.test(div) || /[^\s]/.test(div.replace(tag, ''))
}

const markup =
  /<(?:!--[\s\S]*?-->|!\[CDATA\[[\s\S]*?\]\]>|\?[\s\S]*?\?>|\/([A-Za-z][\w:.-]*)\s*>|([A-Za-z][\w:.-]*)(?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*(\/?)>)/y

/** §2.24.0.1 xhtml: one `<div>` around everything, every element closed in its order. */
export function isWellFormed(div: string): boolean {
  const open: string[] = []
  let roots = 0
  let end = 0
  for (let at = div.indexOf('<'); at >= 0; at = div.indexOf('<', end)) {
    if (open.length === 0 && div.slice(end, at).trim() !== '') return false
    markup.lastIndex = at
    const match = markup.exec(div)
    if (!match) return false
    end = markup.lastIndex
    const [, closed, opened, isEmpty] = match
    if (closed !== undefined && open.pop() !== closed) return false
    if (opened === undefined) continue
    if (open.length === 0 && (++roots > 1 || opened !== 'div')) return false
    if (isEmpty === '') open.push(opened)
  }
  return roots === 1 && open.length === 0 && div.slice(end).trim() === ''
}
