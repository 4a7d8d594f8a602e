/** HL7's FHIRPath suite for R4 (tests-fhir-r4.xml): what is compiled gives its answers, and so does the library beside it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fhirpath from 'fhirpath'
import r4 from 'fhirpath/fhir-context/r4/index.js'
import { fhirPathSuite, type SuiteCase, suiteMissing } from '../testing/fhirpath-suite.ts'
import { emitTruth } from './emit.ts'
import * as runtime from './hot/runtime.ts'
import { NotCompiled } from './tree.ts'
import { objectView } from './views.ts'

test('whatever is compiled of the suite has the truth that the suite gives it', {
  skip: suiteMissing,
}, () => {
  const compiled = fhirPathSuite().flatMap((each) => {
    const truth = compiledTruth(each)
    return truth === undefined ? [] : [{ name: each.name, truth, expected: each.outputs }]
  })

  const differing = compiled.filter(({ truth, expected }) => String(truth) !== expected.join())
  assert.deepEqual(
    differing.map(({ name }) => name),
    // The invariants of R4 write Boolean for FHIR's boolean; the suite holds them apart.
    ['testType12'],
  )
  assert.ok(compiled.length > 0)
})

test('the library gives the answers of the suite, but for what it does not know', {
  skip: suiteMissing,
}, () => {
  const differing = fhirPathSuite().filter((each) => !agrees(each, evaluated(each)))

  const unexplained = differing.filter(({ expression }) => !unknownToLibrary.test(expression))
  assert.deepEqual(unexplained.map(({ name }) => name).toSorted(), knownDifferences.toSorted())
})

/** Functions and variables of the suite that the library does not have. */
const unknownToLibrary =
  /\b(?:lowBoundary|highBoundary|precision|sort|matchesFull|escape|unescape|conformsTo)\(|%(?:sct|loinc|`)/

/** Cases that the library answers in another way, by what they are about. */
const knownDifferences: readonly string[] = [
  // A path that no such resource has, or more items than one, is empty to the library, an error to the suite.
  ...[
    'testSimpleFail',
    'testSimpleWithWrongContext',
    'testPolymorphismB',
    'testPolymorphismAsB',
    'testPolymorphicsB',
  ],
  ...['testDollarOrderNotAllowed', 'testCollectionBoolean1', 'testIif6', 'testIif10'],
  ...['testStartsWithNonString1', 'testEndsWithNonString1', 'testContainsNonString1'],
  // JavaScript numbers keep no zeros at the end.
  ...['testDecimalLiteralIsDecimal', 'testDecimalLiteralToString', 'testToString4'],
  // Weeks and days as calendar words against UCUM units, and times in their own zone.
  ...['testStringQuantityDayLiteralToQuantity', 'testStringQuantityWeekLiteralToQuantity', 'testQuantity6'],
  ...['testPlusDate3', 'testPlusDate4', 'testPlusDate5', 'testPlusDate6', 'testPlusDate7', 'testPlusDate8'],
  ...[
    'testPlusDate13',
    'testPlusDate15',
    'testPlusDate18',
    'testPlusDate19',
    'testPlusDate20',
    'testPlusDate21',
  ],
  ...['testPlusDate22', 'testMinus5', 'testEquality23', 'testNEquality17'],
  // Equivalence of collections and of nothing.
  ...['testEquivalent3', 'testEquivalent21', 'testEquivalent23', 'testNotEquivalent3', 'testNotEquivalent21'],
  // A code is a string to the library wherever a string is asked for.
  ...['testFHIRPathAsFunction11', 'testFHIRPathAsFunction16'],
  // An empty pattern; a type that System does not have.
  ...['testReplaceMatches2', 'testType22'],
  // Their inputs are not beside the suite.
  ...['testPrimitiveExtensions', 'testContainedId'],
]

type Answer = { readonly kind: 'items'; readonly items: readonly string[] } | { readonly kind: 'refused' }

function evaluated({ expression, input }: SuiteCase): Answer {
  try {
    const items = fhirpath.evaluate(input ?? {}, expression, {}, r4, {
      async: false,
      traceFn: () => undefined,
    })
    return { kind: 'items', items: items.map(String) }
  } catch {
    return { kind: 'refused' }
  }
}

function agrees({ outputs, isPredicate, isInvalid }: SuiteCase, answer: Answer): boolean {
  if (isInvalid || answer.kind === 'refused') return isInvalid && answer.kind === 'refused'
  if (isPredicate) return outputs[0] === String(answer.items.length > 0 && answer.items[0] !== 'false')
  // A literal of a date or time begins with @ or @T; the library writes dates without.
  const expected = outputs.map((each) => each.replace(/^@T?/, ''))
  return expected.join('\n') === answer.items.join('\n')
}

/** Whether an expression is true of its input; undefined where it is not compiled, or is no question of truth. */
function compiledTruth({ expression, input, outputs, isInvalid }: SuiteCase): boolean | undefined {
  const isTruth = outputs.length === 1 && (outputs[0] === 'true' || outputs[0] === 'false')
  if (!input || isInvalid || !isTruth) return undefined
  const patterns: RegExp[] = []
  const self = objectView('o', [input.resourceType])
  try {
    const { isTrue } = emitTruth(expression, { self, resourceType: input.resourceType, patterns })
    const names = Object.keys(runtime).join(', ')
    const make = new Function(
      'scope',
      'patterns',
      `'use strict'\nconst { ${names} } = scope\nreturn (o, resource, root) => ${isTrue}`,
    )
    return make(runtime, patterns)(input, input, input)
  } catch (error) {
    if (error instanceof NotCompiled) return undefined
    throw error
  }
}
