/** One clinical statement and those that it relates to, in the order of the schema. */
import { el, type XmlNode } from '../xml/node.ts'
import type { Statement, StatementKind, Value } from './document.ts'
import { type Quantity, writeCoded, writeIdentifier, writeQuantity, writeTimes } from './values.ts'
import { writeParticipant } from './write-participant.ts'

const classOf: Readonly<Record<StatementKind, string>> = {
  act: 'ACT',
  encounter: 'ENC',
  observation: 'OBS',
  observationMedia: 'OBS',
  organizer: 'CLUSTER',
  procedure: 'PROC',
  regionOfInterest: 'ROIOVL',
  substanceAdministration: 'SBADM',
  supply: 'SPLY',
}

export function writeStatement(statement: Statement): XmlNode {
  const { kind, classCode = classOf[kind], moodCode = 'EVN', isNegated, nullFlavor } = statement
  const { code, text, status, period, route, dose, repeatNumber, product } = statement
  return el(
    kind,
    { classCode, moodCode, negationInd: isNegated ? 'true' : undefined, nullFlavor },
    statement.templateIds.map((id) => writeIdentifier('templateId', id)),
    statement.ids.map((id) => writeIdentifier('id', id)),
    code && writeCoded('code', code),
    text === undefined ? undefined : el('text', {}, text),
    status === undefined ? undefined : el('statusCode', { code: status }),
    statement.times.map((times) => writeTimes('effectiveTime', times)),
    period && el('effectiveTime', { 'xsi:type': 'PIVL_TS', operator: 'A' }, writeQuantity('period', period)),
    repeatNumber === undefined ? undefined : el('repeatNumber', { value: repeatNumber }),
    route && writeCoded('routeCode', route),
    dose && writeQuantity('doseQuantity', dose),
    statement.values.map(writeValue),
    statement.interpretations.map((each) => writeCoded('interpretationCode', each)),
    statement.targetSites.map((each) => writeCoded('targetSiteCode', each)),
    product && productTree(kind, product),
    statement.performers.map((each) => writeParticipant('performer', each)),
    statement.authors.map((each) => writeParticipant('author', each)),
    statement.participants.map(participant),
    statement.related.map((related) => relatedTree(kind, related)),
    statement.referenceRanges.map(referenceRange),
  )
}

function relatedTree(kind: StatementKind, related: Statement['related'][number]): XmlNode {
  const inner = writeStatement(related.statement)
  if (kind === 'organizer') return el('component', { typeCode: related.kind }, inner)
  const inversionInd = related.isInverted ? 'true' : undefined
  return el('entryRelationship', { typeCode: related.kind ?? 'COMP', inversionInd }, inner)
}

function writeValue(value: Value): XmlNode {
  switch (value.kind) {
    case 'coded':
      return writeCoded('value', value.coded, { 'xsi:type': value.type })
    case 'quantity':
      return writeQuantity('value', value.quantity, { 'xsi:type': value.type })
    case 'range':
      return el('value', { 'xsi:type': 'IVL_PQ' }, bounds(value))
    case 'times':
      return el('value', { 'xsi:type': 'TS', value: value.times.value, nullFlavor: value.times.nullFlavor })
    case 'text':
      return el('value', { 'xsi:type': value.type }, value.text)
  }
}

function bounds({ low, high }: { readonly low?: Quantity; readonly high?: Quantity }) {
  return [low && writeQuantity('low', low), high && writeQuantity('high', high)]
}

function referenceRange(range: Statement['referenceRanges'][number]): XmlNode {
  const { low, high, text } = range
  return el(
    'referenceRange',
    {},
    el(
      'observationRange',
      {},
      text === undefined ? undefined : el('text', {}, text),
      low || high ? el('value', { 'xsi:type': 'IVL_PQ' }, bounds(range)) : undefined,
    ),
  )
}

function productTree(kind: StatementKind, product: NonNullable<Statement['product']>): XmlNode {
  const { code, name, lot, manufacturer } = product
  const material = el(
    'manufacturedMaterial',
    {},
    code && writeCoded('code', code),
    name === undefined ? undefined : el('name', {}, name),
    lot === undefined ? undefined : el('lotNumberText', {}, lot),
  )
  const maker =
    manufacturer === undefined ? undefined : el('manufacturerOrganization', {}, el('name', {}, manufacturer))
  return el(
    kind === 'supply' ? 'product' : 'consumable',
    {},
    el('manufacturedProduct', { classCode: 'MANU' }, material, maker),
  )
}

function participant({ kind, code, name }: Statement['participants'][number]): XmlNode {
  const entity = el(
    'playingEntity',
    { classCode: 'MMAT' },
    code && writeCoded('code', code),
    name === undefined ? undefined : el('name', {}, name),
  )
  return el('participant', { typeCode: kind ?? 'CSM' }, el('participantRole', { classCode: 'MANU' }, entity))
}
