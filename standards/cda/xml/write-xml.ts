/** A tree as XML 1.0 text in UTF-8: elements that hold elements alone are indented, narrative and mixed content stay as they are. */
import { cdaNamespace, instanceNamespace, sdtcNamespace, type XmlNode } from './node.ts'

/** The text of a document; the root declares the namespaces that CDA uses. */
export function writeXml(root: XmlNode): string {
  const parts = ['<?xml version="1.0" encoding="UTF-8"?>\n']
  const declared = {
    xmlns: cdaNamespace,
    'xmlns:sdtc': sdtcNamespace,
    'xmlns:xsi': instanceNamespace,
    ...root.attributes,
  }
  write(parts, { ...root, attributes: declared }, 0)
  return `${parts.join('')}\n`
}

function write(parts: string[], node: XmlNode, level: number): void {
  const name = node.space === sdtcNamespace ? `sdtc:${node.name}` : node.name
  const attributes = Object.entries(node.attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`)
  parts.push(`<${name}${attributes.join('')}`)
  if (node.children.length === 0) {
    parts.push('/>')
    return
  }
  parts.push('>')
  const isMixed =
    level < 0 ||
    node.name === 'text' ||
    node.children.some((child) => typeof child === 'string' && child.trim() !== '')
  for (const child of node.children) {
    if (typeof child === 'string') {
      if (isMixed) parts.push(escaped(child))
    } else {
      if (!isMixed) parts.push(`\n${'  '.repeat(level + 1)}`)
      write(parts, child, isMixed ? -1 : level + 1)
    }
  }
  if (!isMixed) parts.push(`\n${'  '.repeat(level)}`)
  parts.push(`</${name}>`)
}

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
}

/** Characters that XML 1.0 §2.2 does not have are left out. */
function escaped(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML cannot say.
  const said = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
  return said.replace(/[&<>"\r]/g, (sign) => references[sign] ?? sign)
}
