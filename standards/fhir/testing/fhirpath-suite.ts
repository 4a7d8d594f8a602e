/** HL7's FHIRPath test suite for R4 and its inputs, from outside the repository, where they are at hand. */
import { existsSync, readFileSync } from 'node:fs'
import { SaxesParser } from 'saxes'
import { jsonOfXml } from '../xml.ts'

const folder = new URL('../../../../shared/data/fhirpath/', import.meta.url)
const suite = new URL('tests-fhir-r4.xml', folder)

export type SuiteCase = {
  readonly name: string
  readonly expression: string
  /** Absent where the expression needs none. */
  readonly input?: { readonly resourceType: string }
  /** Items in their order, dates and times as literals. */
  readonly outputs: readonly string[]
  /** Only whether the answer is there and true is asked. */
  readonly isPredicate: boolean
  /** The expression is refused, when it is read or when it is run. */
  readonly isInvalid: boolean
}

/** Why a test has to be skipped; false where the suite is at hand. */
export const suiteMissing = existsSync(suite) ? false : 'the FHIRPath suite is not beside the repository'

/** All cases, in the order of the suite; empty where it is missing. */
export function fhirPathSuite(): readonly SuiteCase[] {
  if (suiteMissing) return []
  const inputs = new Map<string, { readonly resourceType: string } | undefined>()
  const inputOf = (file: string | undefined) => {
    if (file === undefined) return undefined
    if (!inputs.has(file)) inputs.set(file, readInput(file))
    return inputs.get(file)
  }
  return readCases().map(({ file, ...each }) => {
    const input = inputOf(file)
    return { ...each, ...(input && { input }) }
  })
}

/** The suite names some inputs as XML and some as JSON; one of both is there. */
function readInput(file: string): { readonly resourceType: string } | undefined {
  const names = [file, `examples/${file}`, `examples/${file.replace(/xml$/, 'json')}`]
  const found = names.map((name) => new URL(name, folder)).find((url) => existsSync(url))
  if (!found) return undefined
  const text = readFileSync(found, 'utf8')
  return JSON.parse(found.pathname.endsWith('.xml') ? jsonOfXml(text) : text)
}

type Draft = Omit<SuiteCase, 'input' | 'outputs'> & { readonly file?: string; readonly outputs: string[] }

function readCases(): readonly Draft[] {
  const cases: Draft[] = []
  let draft: Partial<Draft> & { outputs: string[] } = { outputs: [] }
  let text = ''
  const parser = new SaxesParser()
  parser.on('opentag', ({ name, attributes }) => {
    text = ''
    if (name === 'test') {
      const { name: title, inputfile, predicate } = attributes
      draft = {
        name: String(title),
        ...(inputfile && { file: inputfile }),
        isPredicate: predicate === 'true',
        isInvalid: false,
        outputs: [],
      }
    }
    if (name === 'expression') draft = { ...draft, isInvalid: attributes.invalid !== undefined }
  })
  parser.on('text', (part) => {
    text += part
  })
  parser.on('closetag', ({ name }) => {
    if (name === 'expression') draft = { ...draft, expression: text }
    if (name === 'output') draft.outputs.push(text)
    const { name: title, expression, isPredicate = false, isInvalid = false } = draft
    if (name === 'test' && title !== undefined && expression !== undefined)
      cases.push({ ...draft, name: title, expression, isPredicate, isInvalid })
  })
  parser.write(readFileSync(suite, 'utf8')).close()
  return cases
}
