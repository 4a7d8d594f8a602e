/** Declares an interface; what can be told without the doors is checked here. */
import { invalid } from '@xinglin/fhir'
import type { AnyInterface, InterfaceDefinition } from './interfaces.ts'

const idPattern = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/
const versionPattern = /^\d+\.\d+\.\d+$/
/** A name of a queue is its institution, interface and destination; ids stand in lists and addresses. */
const longestId = 64

/** Throws `invalid` (`interfaces.definition`) naming the part. */
export function defineInterface<Parsed>(
  definition: InterfaceDefinition<Parsed>,
): InterfaceDefinition<Parsed> {
  checkDefinition(definition)
  return definition
}

/** Throws `invalid` (`interfaces.definition`) naming the part. */
export function checkDefinition(definition: AnyInterface): void {
  checkId(definition.id, 'id')
  if (!versionPattern.test(definition.version))
    throw wrong('version', 'the version of an interface is three numbers: 1.0.0')
  const ids = new Set<string>()
  for (const { id } of definition.destinations) {
    checkId(id, `destinations.${id}`)
    if (ids.has(id)) throw wrong(`destinations.${id}`, `two destinations are called ${id}`)
    ids.add(id)
  }
  for (const destination of definition.destinations) checkNumbers(destination)
}

function checkId(id: string, at: string): void {
  if (id.length > longestId || !idPattern.test(id))
    throw wrong(at, `an id is at most ${longestId} lower case letters, digits and single hyphens`)
}

function checkNumbers(destination: AnyInterface['destinations'][number]): void {
  const { id, parallel = 1, answerMs = 1, mostTries = 1 } = destination
  for (const [name, value] of Object.entries({ parallel, answerMs, mostTries }))
    if (!Number.isInteger(value) || value < 1)
      throw wrong(`destinations.${id}.${name}`, `${name} is a whole number of at least 1`)
}

function wrong(at: string, words: string) {
  return invalid(words, { code: 'interfaces.definition', at })
}
