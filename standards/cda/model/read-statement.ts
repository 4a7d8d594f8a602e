/** CDA R2 §4.3.6: one clinical statement and those that it relates to. */
import { elementsOf, first, textOf, type XmlNode } from '../xml/node.ts'
import { type Statement, type StatementKind, statementKinds, type Value } from './document.ts'
import { readParticipant } from './read-header.ts'
import {
  type Coded,
  originalOf,
  type Quantity,
  readCoded,
  readIdentifier,
  readQuantity,
  readTimes,
} from './values.ts'

export type TextIn = (id: string) => string | undefined

/** The statement in an entry, component or relationship; undefined where there is none of CDA's. */
export function statementIn(holder: XmlNode, textIn: TextIn): Statement | undefined {
  const node = elementsOf(holder).find(({ name }) => statementKinds.some((kind) => kind === name))
  return node && readStatement(node, textIn)
}

function readStatement(node: XmlNode, textIn: TextIn): Statement {
  const { classCode, moodCode, negationInd, nullFlavor } = node.attributes
  const coded = (name: string) => readCoded(first(node, name), textIn)
  const many = (name: string): readonly Coded[] =>
    elementsOf(node, name).flatMap((each) => readCoded(each, textIn) ?? [])
  const effective = elementsOf(node, 'effectiveTime')
  const isPeriodic = (time: XmlNode) => /PIVL|EIVL/.test(time.attributes['xsi:type'] ?? '')
  const periodic = effective.find(isPeriodic)
  const product = productOf(node, textIn)
  return said({
    kind: node.name as StatementKind,
    ...{ classCode, moodCode, nullFlavor, line: node.line },
    isNegated: negationInd === 'true' ? true : undefined,
    templateIds: elementsOf(node, 'templateId').map(readIdentifier),
    ids: elementsOf(node, 'id').map(readIdentifier),
    code: coded('code'),
    text: originalOf(first(node, 'text'), textIn),
    status: first(node, 'statusCode')?.attributes.code,
    times: effective.filter((time) => !isPeriodic(time)).flatMap((time) => readTimes(time) ?? []),
    period: readQuantity(first(periodic, 'period')),
    values: elementsOf(node, 'value').map((value) => readValue(value, textIn)),
    interpretations: many('interpretationCode'),
    referenceRanges: elementsOf(node, 'referenceRange').map((range) => rangeOf(range)),
    route: coded('routeCode'),
    dose: readQuantity(first(node, 'doseQuantity')),
    repeatNumber: first(node, 'repeatNumber')?.attributes.value,
    product,
    targetSites: many('targetSiteCode'),
    performers: elementsOf(node, 'performer').map((each) => readParticipant(each, 'assignedEntity')),
    authors: elementsOf(node, 'author').map((each) => readParticipant(each, 'assignedAuthor')),
    participants: elementsOf(node, 'participant').map((each) => participantOf(each, textIn)),
    related: [...elementsOf(node, 'entryRelationship'), ...elementsOf(node, 'component')].flatMap((each) => {
      const statement = statementIn(each, textIn)
      const isInverted = each.attributes.inversionInd === 'true' ? true : undefined
      return statement ? [said({ kind: each.attributes.typeCode, isInverted, statement })] : []
    }),
  })
}

function said<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T
}

function readValue(node: XmlNode, textIn: TextIn): Value {
  const type = (node.attributes['xsi:type'] ?? 'ST').replace(/^.*:/, '')
  if (/^C[DESVO]$|^CR$/.test(type)) return { kind: 'coded', type, coded: readCoded(node, textIn) ?? {} }
  if (type === 'IVL_PQ' || type === 'RTO_PQ_PQ') return { kind: 'range', ...boundsOf(node) }
  if (type === 'TS' || type === 'IVL_TS')
    return { kind: 'times', times: readTimes(node) ?? { nullFlavor: 'NI' } }
  if (['PQ', 'INT', 'REAL', 'MO'].includes(type)) {
    const { currency } = node.attributes
    const quantity: Quantity = readQuantity(node) ?? {}
    return { kind: 'quantity', type, quantity: currency ? { ...quantity, unit: currency } : quantity }
  }
  return { kind: 'text', type, text: originalOf(node, textIn) ?? node.attributes.value ?? '' }
}

function boundsOf(node: XmlNode | undefined): { readonly low?: Quantity; readonly high?: Quantity } {
  return said({ low: readQuantity(first(node, 'low')), high: readQuantity(first(node, 'high')) })
}

function rangeOf(node: XmlNode) {
  const range = first(node, 'observationRange')
  return said({ ...boundsOf(first(range, 'value')), text: textOf(first(range, 'text')) || undefined })
}

function productOf(node: XmlNode, textIn: TextIn): Statement['product'] {
  const made =
    first(node, 'consumable', 'manufacturedProduct') ?? first(node, 'product', 'manufacturedProduct')
  const drug = first(made, 'manufacturedMaterial') ?? first(made, 'manufacturedLabeledDrug')
  if (!drug) return undefined
  return said({
    code: readCoded(first(drug, 'code'), textIn),
    name: textOf(first(drug, 'name')) || undefined,
    lot: textOf(first(drug, 'lotNumberText')) || undefined,
    manufacturer: textOf(first(made, 'manufacturerOrganization', 'name')) || undefined,
  })
}

function participantOf(node: XmlNode, textIn: TextIn): Statement['participants'][number] {
  const entity = first(node, 'participantRole', 'playingEntity')
  return said({
    kind: node.attributes.typeCode,
    code:
      readCoded(first(entity, 'code'), textIn) ?? readCoded(first(node, 'participantRole', 'code'), textIn),
    name: textOf(first(entity, 'name')) || undefined,
  })
}
