/** The terminology operations of R4 (terminology-service.html §4.7) as rows of the table of operations. */
import type { Operation } from '../operation.ts'
import { closure } from './closure.ts'
import { expand } from './expand.ts'
import { lookup } from './lookup.ts'
import { subsumes } from './subsumes.ts'
import { translate } from './translate.ts'
import { validateInSet, validateInSystem } from './validate-code.ts'

const r4 = 'http://hl7.org/fhir/OperationDefinition'

export const terminologyOperations: readonly Operation[] = [
  {
    name: 'lookup',
    definition: `${r4}/CodeSystem-lookup`,
    levels: ['type'],
    types: ['CodeSystem'],
    isWriting: false,
    answer: lookup,
  },
  {
    name: 'subsumes',
    definition: `${r4}/CodeSystem-subsumes`,
    levels: ['type', 'instance'],
    types: ['CodeSystem'],
    isWriting: false,
    answer: subsumes,
  },
  {
    name: 'validate-code',
    definition: `${r4}/CodeSystem-validate-code`,
    levels: ['type', 'instance'],
    types: ['CodeSystem'],
    isWriting: false,
    answer: validateInSystem,
  },
  {
    name: 'validate-code',
    definition: `${r4}/ValueSet-validate-code`,
    levels: ['type', 'instance'],
    types: ['ValueSet'],
    isWriting: false,
    answer: validateInSet,
  },
  {
    name: 'expand',
    definition: `${r4}/ValueSet-expand`,
    levels: ['type', 'instance'],
    types: ['ValueSet'],
    isWriting: false,
    takesResource: true,
    answer: expand,
  },
  {
    name: 'translate',
    definition: `${r4}/ConceptMap-translate`,
    levels: ['type', 'instance'],
    types: ['ConceptMap'],
    isWriting: false,
    answer: translate,
  },
  {
    name: 'closure',
    definition: `${r4}/ConceptMap-closure`,
    levels: ['system'],
    isWriting: true,
    answer: closure,
  },
]
