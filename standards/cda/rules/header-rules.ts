/** CDA R2 §4.2: which elements the header has, how often and in which order. */
import { cdaNamespace, elementsOf, first, textOf, type XmlNode } from '../xml/node.ts'
import { type Finding, findingAt } from './findings.ts'

/** Name, least and most times; in the order of POCD_MT000040. */
const headerElements: readonly (readonly [name: string, least: number, most: number])[] = [
  ['realmCode', 0, Number.POSITIVE_INFINITY],
  ['typeId', 1, 1],
  ['templateId', 0, Number.POSITIVE_INFINITY],
  ['id', 1, 1],
  ['code', 1, 1],
  ['title', 0, 1],
  ['effectiveTime', 1, 1],
  ['confidentialityCode', 1, 1],
  ['languageCode', 0, 1],
  ['setId', 0, 1],
  ['versionNumber', 0, 1],
  ['copyTime', 0, 1],
  ['recordTarget', 1, Number.POSITIVE_INFINITY],
  ['author', 1, Number.POSITIVE_INFINITY],
  ['dataEnterer', 0, 1],
  ['informant', 0, Number.POSITIVE_INFINITY],
  ['custodian', 1, 1],
  ['informationRecipient', 0, Number.POSITIVE_INFINITY],
  ['legalAuthenticator', 0, 1],
  ['authenticator', 0, Number.POSITIVE_INFINITY],
  ['participant', 0, Number.POSITIVE_INFINITY],
  ['inFulfillmentOf', 0, Number.POSITIVE_INFINITY],
  ['documentationOf', 0, Number.POSITIVE_INFINITY],
  ['relatedDocument', 0, Number.POSITIVE_INFINITY],
  ['authorization', 0, Number.POSITIVE_INFINITY],
  ['componentOf', 0, 1],
  ['component', 1, 1],
]
const order = new Map(headerElements.map(([name], index) => [name, index]))
const path = 'ClinicalDocument'

export function headerFindings(root: XmlNode): readonly Finding[] {
  const of = (name: string) => findingAt(`${path}.${name}`, first(root, name) ?? root)
  const typeId = first(root, 'typeId')?.attributes
  const isCda = typeId?.root === '2.16.840.1.113883.1.3' && typeId.extension === 'POCD_MT000040'
  const setId = says(first(root, 'setId'))
  const versionNumber = says(first(root, 'versionNumber'))
  return [
    ...headerElements.flatMap(([name, least, most]) => {
      const count = elementsOf(root, name).length
      if (count < least) return [of(name)('header-missing', name)]
      return count > most ? [of(name)('header-twice', name)] : []
    }),
    ...orderFindings(root),
    ...(typeId && !isCda ? [of('typeId')('type-id')] : []),
    ...(setId === versionNumber ? [] : [of('setId')('version-set')]),
    ...elementsOf(root, 'recordTarget').flatMap(patientFindings),
    ...elementsOf(root, 'author').flatMap((author) =>
      first(author, 'time') ? [] : [findingAt(`${path}.author`, author)('author-time')],
    ),
    ...custodianFindings(root),
  ]
}

function says(node: XmlNode | undefined): boolean {
  return node !== undefined && Object.keys(node.attributes).length > 0
}

function orderFindings(root: XmlNode): readonly Finding[] {
  let reached = 0
  return elementsOf(root).flatMap((node) => {
    if (node.space !== cdaNamespace) return []
    const at = order.get(node.name)
    const found = findingAt(`${path}.${node.name}`, node)
    if (at === undefined) return [found('header-unknown', node.name)]
    if (at < reached) return [found('header-order', node.name)]
    reached = at
    return []
  })
}

function patientFindings(target: XmlNode): readonly Finding[] {
  const role = first(target, 'patientRole')
  const found = findingAt(`${path}.recordTarget.patientRole`, role ?? target)
  const hasId = [...elementsOf(role, 'id'), ...elementsOf(first(role, 'patient'), 'id')].some(says)
  const name = first(role, 'patient', 'name')
  const isNamed = name !== undefined && (textOf(name) !== '' || name.attributes.nullFlavor !== undefined)
  return [...(hasId ? [] : [found('patient-id')]), ...(isNamed ? [] : [found('patient-name')])]
}

function custodianFindings(root: XmlNode): readonly Finding[] {
  const custodian = first(root, 'custodian')
  const kept = first(custodian, 'assignedCustodian', 'representedCustodianOrganization')
  if (!custodian || says(first(kept, 'id'))) return []
  return [findingAt(`${path}.custodian`, custodian)('custodian-id')]
}
