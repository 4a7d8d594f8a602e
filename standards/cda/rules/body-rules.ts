/** CDA R2 §4.3: bodies, sections, entries and the kinds of statements. */
import { statementKinds } from '../model/document.ts'
import { elementsOf, first, textOf, type XmlNode } from '../xml/node.ts'
import { type Finding, findingAt } from './findings.ts'

/** §4.3.6: class codes of each kind; kinds with one class have it. */
const classes: Readonly<Record<string, readonly string[]>> = {
  act: ['ACT', 'ACCM', 'CONS', 'CTTEVENT', 'INC', 'INFRM', 'PCPR', 'REG', 'SPCTRT'],
  encounter: ['ENC'],
  observation: [
    'OBS',
    'ALRT',
    'CLNTRL',
    'CNOD',
    'COND',
    'CASE',
    'OUTB',
    'DGIMG',
    'GEN',
    'INVSTG',
    'MPROT',
    'SPCOBS',
  ],
  observationMedia: ['OBS', 'DGIMG'],
  organizer: ['BATTERY', 'CLUSTER'],
  procedure: ['PROC'],
  regionOfInterest: ['ROIOVL', 'ROIBND'],
  substanceAdministration: ['SBADM'],
  supply: ['SPLY'],
}
const moods = ['EVN', 'INT', 'APT', 'ARQ', 'DEF', 'GOL', 'PRMS', 'PRP', 'RQO']
/** Kinds whose code the schema, or their meaning, asks for. */
const coded: ReadonlySet<string> = new Set(['act', 'observation'])

export function bodyFindings(root: XmlNode): readonly Finding[] {
  const component = first(root, 'component')
  if (!component) return []
  const path = 'ClinicalDocument.component'
  const bodies = elementsOf(component)
  const body = bodies[0]
  const isBody = body?.name === 'structuredBody' || body?.name === 'nonXMLBody'
  if (!isBody || bodies.length > 1) return [findingAt(path, component)('body')]
  if (body.name === 'nonXMLBody') return []
  const sections = elementsOf(body, 'component').flatMap((each) => elementsOf(each, 'section'))
  if (sections.length === 0) return [findingAt(path, body)('section-missing')]
  return sections.flatMap((section) => sectionFindings(section, `${path}.structuredBody.section`))
}

function sectionFindings(section: XmlNode, path: string): readonly Finding[] {
  const found = findingAt(path, section)
  const code = first(section, 'code')
  const text = first(section, 'text')
  const inner = elementsOf(section, 'component').flatMap((each) => elementsOf(each, 'section'))
  const isExplained = [section, text].some((node) => node?.attributes.nullFlavor !== undefined)
  const isEmpty = inner.length === 0 && textOf(text) === '' && !isExplained
  return [
    ...(code ? [] : [found('section-code')]),
    ...(isEmpty ? [found('section-empty', code?.attributes.code)] : []),
    ...elementsOf(section, 'entry').flatMap((entry) => entryFindings(entry, `${path}.entry`)),
    ...inner.flatMap((each) => sectionFindings(each, `${path}.section`)),
  ]
}

function isStatement({ name }: XmlNode): boolean {
  return statementKinds.some((kind) => kind === name)
}

function entryFindings(entry: XmlNode, path: string): readonly Finding[] {
  const statements = elementsOf(entry).filter(isStatement)
  const [statement] = statements
  if (!statement || statements.length > 1) return [findingAt(path, entry)('entry-statement')]
  return statementFindings(statement, `${path}.${statement.name}`)
}

function statementFindings(node: XmlNode, path: string): readonly Finding[] {
  const found = findingAt(path, node)
  const { classCode, moodCode, nullFlavor } = node.attributes
  const isKnown = (classes[node.name] ?? []).includes(classCode ?? '') && moods.includes(moodCode ?? '')
  const isUncoded = coded.has(node.name) && nullFlavor === undefined && !first(node, 'code')
  const drug = first(node, 'consumable', 'manufacturedProduct')
  const isWithoutProduct = node.name === 'substanceAdministration' && nullFlavor === undefined && !drug
  return [
    ...(isKnown ? [] : [found('statement-class', `${classCode ?? ''} ${moodCode ?? ''}`.trim())]),
    ...(isUncoded ? [found('statement-code')] : []),
    ...(isWithoutProduct ? [found('statement-product')] : []),
    ...elementsOf(node, 'value').flatMap((value) =>
      value.attributes['xsi:type'] || node.name !== 'observation'
        ? []
        : [findingAt(`${path}.value`, value)('value-type')],
    ),
    ...elementsOf(node, 'entryRelationship').flatMap((each) =>
      entryFindings(each, `${path}.entryRelationship`),
    ),
    ...(node.name === 'organizer'
      ? elementsOf(node, 'component').flatMap((each) => entryFindings(each, `${path}.component`))
      : []),
  ]
}
