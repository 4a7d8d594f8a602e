/** HL7 v3 data types R1: the form of identifiers, codes, times and numbers wherever they stand. */
import { isTime } from '../model/times.ts'
import { cdaNamespace, elementsOf, first, type XmlNode } from '../xml/node.ts'
import { type Finding, findingAt } from './findings.ts'

const nullFlavors: ReadonlySet<string> = new Set([
  ...[
    'NI',
    'OTH',
    'NINF',
    'PINF',
    'UNK',
    'ASKU',
    'NAV',
    'NASK',
    'TRC',
    'QS',
    'MSK',
    'NA',
    'NP',
    'INV',
    'UNC',
    'DER',
  ],
])
const oid = /^[0-2](\.(0|[1-9]\d*))+$/
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const identifiers: ReadonlySet<string> = new Set(['id', 'templateId', 'setId'])
/** Codes that bind to one code system by the schema, and therefore may leave it out. */
const bound: ReadonlySet<string> = new Set([
  'realmCode',
  'languageCode',
  'statusCode',
  'signatureCode',
  'confidentialityCode',
])
const times: ReadonlySet<string> = new Set(['effectiveTime', 'time', 'birthTime'])
const number = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/

export function valueFindings(root: XmlNode): readonly Finding[] {
  const findings: Finding[] = []
  const ids = new Set<string>()
  const references: { readonly node: XmlNode; readonly id: string; readonly path: string }[] = []
  const visit = (node: XmlNode, path: string, isNarrative: boolean): void => {
    const found = findingAt(path, node)
    const { ID, nullFlavor } = node.attributes
    if (ID && ids.has(ID)) findings.push(found('id-twice'))
    if (ID) ids.add(ID)
    if (nullFlavor !== undefined && !nullFlavors.has(nullFlavor))
      findings.push(found('null-flavor', nullFlavor))
    if (node.space === cdaNamespace && !isNarrative) findings.push(...formFindings(node, path))
    const pointed = node.name === 'reference' ? node.attributes.value : undefined
    if (pointed?.startsWith('#')) references.push({ node, id: pointed.slice(1), path })
    const inNarrative = isNarrative || (node.name === 'text' && path.endsWith('section.text'))
    for (const child of elementsOf(node)) visit(child, `${path}.${child.name}`, inNarrative)
  }
  visit(root, root.name, false)
  const lost = references.filter(({ id }) => !ids.has(id))
  return [...findings, ...lost.map(({ node, path }) => findingAt(path, node)('reference-lost'))]
}

function formFindings(node: XmlNode, path: string): readonly Finding[] {
  const found = findingAt(path, node)
  const { root, code, codeSystem, value, nullFlavor } = node.attributes
  const type = node.attributes['xsi:type'] ?? ''
  const isRooted = root === undefined || oid.test(root) || uuid.test(root)
  const isCode = (/[cC]ode$/.test(node.name) || /^C[DEVSO]$/.test(type)) && !bound.has(node.name)
  const lacksSystem = isCode && code !== undefined && codeSystem === undefined && nullFlavor === undefined
  const isTimeElement = times.has(node.name) && !/PIVL|EIVL/.test(type)
  const written = isTimeElement
    ? [value, first(node, 'low')?.attributes.value, first(node, 'high')?.attributes.value]
    : []
  const isNumber = (type === 'PQ' || node.name === 'doseQuantity') && value !== undefined
  return [
    ...(identifiers.has(node.name) && !isRooted ? [found('identifier-root')] : []),
    ...(lacksSystem ? [found('code-system', node.name)] : []),
    ...written.flatMap((time) => (time === undefined || isTime(time) ? [] : [found('time-form')])),
    ...(isNumber && !number.test(value) ? [found('quantity-form')] : []),
  ]
}
