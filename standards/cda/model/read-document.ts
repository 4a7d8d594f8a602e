/** A CDA R2 document from its XML: header, body, sections with the words that their entries point at. */
import { CdaError } from '../failure.ts'
import { cdaNamespace, elementsOf, everyElement, first, textOf, type XmlNode } from '../xml/node.ts'
import { readXml } from '../xml/read-xml.ts'
import type { Body, ClinicalDocument, Section } from './document.ts'
import { readHeader } from './read-header.ts'
import { statementIn, type TextIn } from './read-statement.ts'
import { readCoded, readIdentifier } from './values.ts'

/** The root element of a text that is a ClinicalDocument. Throws `CdaError` for any other text. */
export function readRoot(text: string): XmlNode {
  const root = readXml(text)
  if (root.name !== 'ClinicalDocument' || root.space !== cdaNamespace)
    throw new CdaError('no-document', 'the root element is no ClinicalDocument of CDA', root.line)
  return root
}

/** The document; what is missing or wrong in it is told by `validateDocument`. */
export function documentOf(root: XmlNode): ClinicalDocument {
  return { ...readHeader(root), body: bodyOf(root) }
}

/** Reads a text; throws `CdaError` where it is no CDA document. */
export function readDocument(text: string): ClinicalDocument {
  return documentOf(readRoot(text))
}

function bodyOf(root: XmlNode): Body {
  const component = first(root, 'component')
  const other = first(component, 'nonXMLBody', 'text')
  if (!other) {
    const components = elementsOf(first(component, 'structuredBody'), 'component')
    return { kind: 'structured', sections: components.flatMap(sectionsIn) }
  }
  const reference = first(other, 'reference')?.attributes.value
  return {
    ...{ kind: 'other', mediaType: other.attributes.mediaType ?? 'text/plain' },
    isBase64: other.attributes.representation === 'B64',
    content: reference ? '' : textOf(other),
    ...(reference ? { reference } : {}),
  }
}

function sectionsIn(component: XmlNode): readonly Section[] {
  return elementsOf(component, 'section').map(readSection)
}

function readSection(node: XmlNode): Section {
  const text = first(node, 'text')
  const textIn = textsOf(text)
  const title = textOf(first(node, 'title'))
  const code = readCoded(first(node, 'code'), textIn)
  return {
    templateIds: elementsOf(node, 'templateId').map(readIdentifier),
    ...(code ? { code } : {}),
    ...(title ? { title } : {}),
    ...(node.attributes.nullFlavor ? { nullFlavor: node.attributes.nullFlavor } : {}),
    ...(text ? { text } : {}),
    entries: elementsOf(node, 'entry').flatMap((entry) => statementIn(entry, textIn) ?? []),
    sections: elementsOf(node, 'component').flatMap(sectionsIn),
  }
}

/** The words of a narrative by the ID of their element. */
function textsOf(text: XmlNode | undefined): TextIn {
  const byId = new Map<string, XmlNode>()
  if (text) for (const node of everyElement(text)) if (node.attributes.ID) byId.set(node.attributes.ID, node)
  return (id) => textOf(byId.get(id)) || undefined
}
