/** FHIR R4 invariants as code against HL7's own FHIRPath: on random elements always, on the examples where they are at hand. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fhirpath from 'fhirpath'
import r4 from 'fhirpath/fhir-context/r4/index.js'
import { elements, resourceTypes } from '../generated/elements.js'
import { invariants } from '../generated/invariants.js'
import { typeOfRow } from '../search/resolve.ts'
import { examplesMissing, r4Examples } from '../testing/examples.ts'
import { questionsOf } from '../testing/places.ts'
import { interestOf, picks, randomElement } from '../testing/random-elements.ts'
import { type Invariant, invariantsAt } from './invariant-table.ts'
import { brokenCheck } from './invariants.ts'

const ucum = 'http://unitsofmeasure.org'
type Expression = (element: unknown, variables: object) => readonly unknown[]
const expressions = new Map<string, Expression>()

const comparable = ['low', 'high']
  .flatMap((side) => [`${side}.value.exists()`, `${side}.comparator.empty()`, `${side}.system = %ucum`])
  .concat('low.code = high.code')
  .join(' and ')

/** Where the library cannot read the definition as it is written, with what it is given instead. */
const rewritten: Readonly<Record<string, (expression: string) => string>> = {
  // `as` is for one item in the library; the definition means every descendant of the type.
  'dom-3': (expression) => expression.replaceAll(/\bas\(/g, 'ofType('),
  // An unqualified Boolean is System.Boolean to the library, which no element is.
  // The library converts units and throws where it cannot; the code compares values of one UCUM unit and no others.
  'rng-2': (expression) => `iif(${comparable}, ${expression}, true)`,
  // The library reads patterns in Unicode mode, which refuses escapes that mean nothing.
  'eld-16': (expression) => expression.replace('\\\\@', '@'),
  'eld-19': (expression) => expression.replaceAll("\\\\\\'", "\\'").replaceAll('\\\\:', ':'),
  'eld-20': (expression) => expression.replace('x])', 'x\\\\])'),
  'que-7': (expression) => expression.replace('Boolean', 'boolean'),
}

/** Not in the library: what may stand in a narrative has its own test. */
const withoutPeer: ReadonlySet<string> = new Set(['txt-1', 'txt-2'])

function libraryFindsBroken(
  invariant: Invariant,
  element: unknown,
  resource: unknown,
  root: unknown,
): boolean {
  const key = `${invariant.type} ${invariant.expression}`
  let made = expressions.get(key)
  if (!made) {
    const expression = rewritten[invariant.key]?.(invariant.expression) ?? invariant.expression
    const compiled = fhirpath.compile({ base: invariant.type, expression }, r4, {
      async: false,
      traceFn: () => {},
    })
    made = compiled as Expression
    expressions.set(key, made)
  }
  const answer = made(element, { resource, rootResource: root, ucum })
  return answer.length === 1 && answer[0] === false
}

/** One of each distinct rule, with the type of the element that it is about. */
function distinctInvariants(): readonly Invariant[] {
  const all = Object.keys(invariants).flatMap((path) =>
    typesAt(path).flatMap((type) => invariantsAt(path, type)),
  )
  const found = new Map(all.map((invariant) => [`${invariant.key} ${invariant.expression}`, invariant]))
  return [...found.values()].filter(({ key }) => !withoutPeer.has(key))
}

function typesAt(path: string): readonly string[] {
  if (elements[path]) return [path]
  const cut = path.lastIndexOf('.')
  const row = elements[path.slice(0, cut)]?.find(([name]) => name === path.slice(cut + 1))
  return (row?.[3] ?? []).map(typeOfRow)
}

/** So many random elements for each invariant, and more until it was both met and broken. */
const tries = 120
const mostTries = 4000

/** True of every element that the tables allow, with the reason. */
const unbreakable: Readonly<Record<string, string>> = {
  'eld-11': 'a type with a code gives a truth, true or false, and either exists',
  'tst-4': 'required and validated have a cardinality of 1..1',
}

/** Elements and texts to be there often that the expression does not name. */
const alsoOfInterest: Readonly<Record<string, string>> = {
  'que-2': 'item',
  'rng-2': "value system code 'http://unitsofmeasure.org'",
}

type Outcomes = { isMet: boolean; isBroken: boolean }

function askOften(invariant: Invariant): Outcomes {
  const outcomes = { isMet: false, isBroken: false }
  const most = unbreakable[invariant.key] === undefined ? mostTries : tries
  for (let seed = 0; seed < tries || (seed < most && !(outcomes.isMet && outcomes.isBroken)); seed++) {
    if (askOnce(invariant, seed)) outcomes.isBroken = true
    else outcomes.isMet = true
  }
  return outcomes
}

/** Whether both find a random element broken. */
function askOnce(invariant: Invariant, seed: number): boolean {
  const interest = interestOf(`${invariant.expression} ${alsoOfInterest[invariant.key] ?? ''}`)
  const element = randomElement(invariant.type, picks(seed), interest)
  const type = invariant.path.split('.')[0] ?? ''
  const isInside = resourceTypes.includes(type) && type !== invariant.type
  const resource = isInside ? randomElement(type, picks(seed + 1), interest) : element
  const isBroken = brokenCheck(invariant)(element, resource, resource)
  const said = `${invariant.path} ${invariant.key} ${JSON.stringify(element)} in ${JSON.stringify(resource)}`
  assert.equal(isBroken, libraryFindsBroken(invariant, element, resource, resource), said)
  return isBroken
}

test('every invariant is what FHIRPath says it is, met and broken, on random elements', () => {
  const all = distinctInvariants().map((invariant) => ({ key: invariant.key, ...askOften(invariant) }))

  const oneSided = all.filter(({ isMet, isBroken }) => !(isMet && isBroken)).map(({ key }) => key)
  assert.deepEqual(oneSided, Object.keys(unbreakable))
  assert.ok(all.length >= 230)
})

test('every invariant is what FHIRPath says it is on the official examples', {
  skip: examplesMissing,
}, () => {
  let asked = 0
  for (const { file, resource } of r4Examples()) {
    for (const { invariant, element, resource: around, root } of questionsOf(resource)) {
      if (withoutPeer.has(invariant.key)) continue
      const isBroken = brokenCheck(invariant)(element, around, root)
      assert.equal(isBroken, libraryFindsBroken(invariant, element, around, root), `${file} ${invariant.key}`)
      asked++
    }
  }
  assert.ok(asked > 30_000)
})
