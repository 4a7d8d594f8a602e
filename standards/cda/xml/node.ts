/** XML as a tree: names without prefixes, their namespaces beside them, text between elements as it stands. */

export const cdaNamespace = 'urn:hl7-org:v3'
/** Extensions that HL7's Structured Documents group allows in documents (C-CDA R2.1 §1.8). */
export const sdtcNamespace = 'urn:hl7-org:sdtc'
export const instanceNamespace = 'http://www.w3.org/2001/XMLSchema-instance'

export type XmlChild = XmlNode | string
export type XmlNode = {
  readonly name: string
  readonly space: string
  /** By name without prefix; `xsi:type` and its siblings keep theirs. */
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly XmlChild[]
  /** From 1 in the text that was read; 0 in a tree that was made. */
  readonly line: number
}

/** An element of CDA; attributes and children that are undefined are left out. */
export function el(
  name: string,
  attributes: Readonly<Record<string, string | undefined>> = {},
  ...children: readonly (XmlChild | undefined | readonly (XmlChild | undefined)[])[]
): XmlNode {
  const said = Object.entries(attributes).filter((pair): pair is [string, string] => pair[1] !== undefined)
  return {
    ...{ name, space: cdaNamespace, attributes: Object.fromEntries(said) },
    children: children.flat().filter((child): child is XmlChild => child !== undefined),
    line: 0,
  }
}

/** The child elements, or those of one name. */
export function elementsOf(node: XmlNode | undefined, name?: string): readonly XmlNode[] {
  if (!node) return []
  return node.children.filter(
    (child): child is XmlNode => typeof child !== 'string' && (name === undefined || child.name === name),
  )
}

/** The first element on a path of names; undefined where the path ends. */
export function first(node: XmlNode | undefined, ...path: readonly string[]): XmlNode | undefined {
  return path.reduce<XmlNode | undefined>((at, name) => elementsOf(at, name)[0], node)
}

/** All text below, with spaces as one; empty where there is none. */
export function textOf(node: XmlNode | undefined): string {
  return rawTextOf(node).replaceAll(/\s+/g, ' ').trim()
}

function rawTextOf(node: XmlNode | undefined): string {
  return node
    ? node.children.map((child) => (typeof child === 'string' ? child : rawTextOf(child))).join('')
    : ''
}

/** The elements below and itself, in document order. */
export function* everyElement(node: XmlNode): Generator<XmlNode> {
  yield node
  for (const child of elementsOf(node)) yield* everyElement(child)
}
