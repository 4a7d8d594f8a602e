/** Rules of data: which sections and entries a type of document must have. Templates are lists with their version, never code. */
import type { StatementKind } from '../model/document.ts'
import { statementIn } from '../model/read-statement.ts'
import { elementsOf, first, type XmlNode } from '../xml/node.ts'
import { type Finding, findingAt } from './findings.ts'
import { type DocumentTemplate, templateOf } from './templates.ts'

export function templateFindings(root: XmlNode): readonly Finding[] {
  const code = first(root, 'code')?.attributes
  const templateIds = elementsOf(root, 'templateId').flatMap(({ attributes }) => attributes.root ?? [])
  const template = templateOf({ code: code?.code, codeSystem: code?.codeSystem, templateIds })
  const found = findingAt('ClinicalDocument', root)
  if (!template) return [found('template-unknown', code?.code)]
  return [
    ...(templateIds.includes(template.templateId) ? [] : [found('template-root', template.templateId)]),
    ...template.header.flatMap((path) =>
      first(root, ...path.split('.')) ? [] : [found('template-header', path)],
    ),
    ...sectionFindings(root, template),
  ]
}

function sectionFindings(root: XmlNode, template: DocumentTemplate): readonly Finding[] {
  const body = first(root, 'component', 'structuredBody')
  if (!body) return []
  const present = elementsOf(body, 'component').flatMap((each) => elementsOf(each, 'section'))
  return template.sections.flatMap(({ code, isRequired, entry }) => {
    const section = present.find((each) => first(each, 'code')?.attributes.code === code)
    const found = findingAt('ClinicalDocument.component.structuredBody.section', section ?? body)
    if (!section) return isRequired ? [found('template-section', code)] : []
    const lacks =
      entry !== undefined && section.attributes.nullFlavor === undefined && !hasEntry(section, entry)
    return lacks ? [found('template-entry', `${code} ${entry}`)] : []
  })
}

function hasEntry(section: XmlNode, kind: StatementKind): boolean {
  return elementsOf(section, 'entry').some((entry) => statementIn(entry, () => undefined)?.kind === kind)
}
