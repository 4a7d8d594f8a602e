/** XML 1.0 to a tree, for texts of strangers: no document type, hence no entities beside XML's five; size and depth are bounded. */
import { type SaxesOptions, SaxesParser, type SaxesTagNS } from 'saxes'
import { CdaError, type CdaFailure } from '../failure.ts'
import { instanceNamespace, type XmlChild, type XmlNode } from './node.ts'

/** A document with a scanned paper inside is some megabytes; CDA itself sets no bound. Characters. */
export const longestDocument = 20_000_000
/** Deeper is no clinical content; narrative and entries of the public samples stay below 40. */
export const deepestElement = 100
/** A tree of these fits in some hundred megabytes. */
export const mostElements = 500_000
/** CDA's richest element has 12. */
export const mostAttributes = 64

type Open = { -readonly [Key in keyof XmlNode]: XmlNode[Key] } & { children: XmlChild[] }
const options = { xmlns: true, position: true } as const satisfies SaxesOptions

/** The root element. Throws `CdaError` for a text that is no XML or goes over a bound. */
export function readXml(text: string): XmlNode {
  if (text.length > longestDocument)
    throw new CdaError('too-large', `a document has at most ${longestDocument} characters`)
  const parser = new SaxesParser<typeof options>(options)
  const fail = (failure: CdaFailure, message: string) => {
    throw new CdaError(failure, message, parser.line)
  }
  const stack: Open[] = []
  let root: XmlNode | undefined
  let count = 0
  parser.on('error', () => fail('not-xml', 'the text is no well-formed XML'))
  parser.on('doctype', () => fail('document-type', 'a document type is not taken'))
  parser.on('xmldecl', ({ encoding = 'utf-8' }) => {
    if (!/^utf-?8$/i.test(encoding)) fail('encoding', 'XML is taken as UTF-8')
  })
  parser.on('opentag', (tag) => {
    count += 1
    if (count > mostElements) fail('too-large', `a document has at most ${mostElements} elements`)
    if (stack.length >= deepestElement) fail('too-deep', `elements stand at most ${deepestElement} deep`)
    const node: Open = {
      name: tag.local,
      space: tag.uri,
      attributes: attributesOf(tag),
      children: [],
      line: parser.line,
    }
    if (Object.keys(node.attributes).length > mostAttributes)
      fail('too-large', `an element has at most ${mostAttributes} attributes`)
    stack.at(-1)?.children.push(node)
    stack.push(node)
  })
  parser.on('closetag', () => {
    root = stack.pop()
  })
  const addText = (added: string) => stack.at(-1)?.children.push(added)
  parser.on('text', addText)
  parser.on('cdata', addText)
  parser.write(text.replace(/^\uFEFF/, '')).close()
  if (!root) throw new CdaError('not-xml', 'the text has no element')
  return root
}

function attributesOf(tag: SaxesTagNS): Record<string, string> {
  const said = Object.values(tag.attributes).filter(
    ({ prefix, name }) => prefix !== 'xmlns' && name !== 'xmlns',
  )
  return Object.fromEntries(
    said.map(({ local, uri, value }) => [uri === instanceNamespace ? `xsi:${local}` : local, value]),
  )
}
