/** A resource as names and values, nested as it is: codes with their words, references as links, moments in local time. */
import { Go, useTimes, useWords } from '@xinglin/kit'
import { type ReactNode, useMemo } from 'react'
import { resourceAddress } from '../../contract.ts'
import { elementWords } from '../element-words.ts'
import { explorerWords } from '../explorer-words.ts'
import { isObject, type Json, type JsonObject, listOf, type Resource, textAt } from '../fhir/json.ts'
import { ofQuantity, wordsOf } from '../fhir/summary.ts'

export function Readable({ resource }: { readonly resource: Resource }) {
  return <Members of={resource} leavesOut={['resourceType']} />
}

type MembersProps = { readonly of: JsonObject; readonly leavesOut?: readonly string[] }

function Members({ of, leavesOut = [] }: MembersProps) {
  const members = Object.entries(of).filter(([name]) => !leavesOut.includes(name))
  return (
    <dl className="rx-members">
      {members.map(([name, value]) => (
        <Member key={name} name={name} value={value} />
      ))}
    </dl>
  )
}

function Member({ name, value }: { readonly name: string; readonly value: Json | undefined }) {
  const say = useWords(elementWords)
  const known = knownNames.has(name) ? say(`element_${name}` as Parameters<typeof say>[0]) : undefined
  return (
    <>
      <dt title={name}>
        {known ?? name}
        {known ? <code className="x-quiet"> {name}</code> : null}
      </dt>
      <dd>
        {listOf(value).map((item, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the items of a stored version never move.
          <div key={index} className="rx-item">
            <Value name={name} value={item} />
          </div>
        ))}
      </dd>
    </>
  )
}

const knownNames = new Set(Object.keys(elementWords.zh).map((key) => key.slice('element_'.length)))
const isMoment = (text: string) => /^\d{4}-\d\d-\d\dT/.test(text)

function Value({ name, value }: { readonly name: string; readonly value: Json }) {
  const times = useTimes()
  if (isObject(value)) return <ObjectValue name={name} value={value} />
  if (Array.isArray(value) || value === null) return <code>{JSON.stringify(value)}</code>
  if (typeof value === 'string' && isMoment(value)) return <time title={value}>{times.full(value)}</time>
  if (typeof value === 'string' && name === 'div') return <Narrative div={value} />
  return <span className={typeof value === 'number' ? 'x-number' : ''}>{String(value)}</span>
}

function ObjectValue({ name, value }: { readonly name: string; readonly value: JsonObject }) {
  const told = toldOf(name, value)
  if (!told) return <Members of={value} />
  const rest = Object.keys(value).filter((key) => !told.tells.includes(key))
  return (
    <>
      {told.as}
      {rest.length > 0 ? <Members of={value} leavesOut={told.tells} /> : null}
    </>
  )
}

type ToldValue = { readonly as: ReactNode; readonly tells: readonly string[] }

/** Data types that are said in one line, with the members that the line says. */
function toldOf(name: string, value: JsonObject): ToldValue | undefined {
  const reference = textAt(value, 'reference')
  if (reference !== undefined)
    return {
      as: <Reference reference={reference} display={textAt(value, 'display')} />,
      tells: ['reference', 'display', 'type'],
    }
  if (
    value.coding !== undefined ||
    (name !== 'text' &&
      value.text !== undefined &&
      value.div === undefined &&
      value.family === undefined &&
      Object.keys(value).length === 1)
  )
    return { as: <Concept concept={value} />, tells: ['coding', 'text'] }
  if (value.code !== undefined && value.system !== undefined && value.value === undefined)
    return { as: <Coding coding={value} />, tells: ['code', 'system', 'display', 'version', 'userSelected'] }
  if (value.value !== undefined && (value.unit !== undefined || value.code !== undefined))
    return {
      as: <span className="x-number">{ofQuantity(value)}</span>,
      tells: ['value', 'unit', 'comparator', 'code', 'system'],
    }
  if (value.family !== undefined || value.given !== undefined)
    return { as: <strong>{wordsOf(value)}</strong>, tells: ['text', 'family', 'given'] }
  if (name === 'identifier' && value.value !== undefined)
    return {
      as: (
        <>
          <strong className="x-number">{textAt(value, 'value')}</strong>{' '}
          <span className="x-quiet">{textAt(value, 'system')}</span>
        </>
      ),
      tells: ['value', 'system'],
    }
  return undefined
}

function Concept({ concept }: { readonly concept: JsonObject }) {
  const text = textAt(concept, 'text')
  const codings = listOf(concept.coding).filter(isObject)
  return (
    <>
      {text ? <strong>{text}</strong> : null}
      {codings.map((coding) => (
        <Coding key={JSON.stringify(coding)} coding={coding} />
      ))}
    </>
  )
}

function Coding({ coding }: { readonly coding: JsonObject }) {
  const display = textAt(coding, 'display')
  return (
    <span className="rx-coding">
      {display ? `${display} ` : null}
      <code>{textAt(coding, 'code')}</code> <span className="x-quiet">{textAt(coding, 'system')}</span>
    </span>
  )
}

function Reference({ reference, display }: { reference: string; display: string | undefined }) {
  const [, type, id, version] =
    /^([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/(\d+))?$/.exec(reference) ?? []
  const words = display ? `${display} (${reference})` : reference
  if (!type || !id) return <span>{words}</span>
  return <Go to={resourceAddress(type, id, version === undefined ? undefined : Number(version))}>{words}</Go>
}

/** Narrative as text: marks of a stranger's XHTML are not drawn. */
function Narrative({ div }: { readonly div: string }) {
  const say = useWords(explorerWords)
  const text = useMemo(
    () =>
      new DOMParser().parseFromString(div, 'text/html').body.textContent?.replace(/\s+/g, ' ').trim() ?? '',
    [div],
  )
  return <span className="rx-narrative">{text === '' ? say('emptyNarrative') : text}</span>
}
