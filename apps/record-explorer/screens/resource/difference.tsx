/** What changed between two versions: the changes in a list, then line beside line. */
import { Answered, useWords } from '@xinglin/kit'
import { useMemo } from 'react'
import { explorerWords } from '../explorer-words.ts'
import { type Told, useDoor } from '../fhir/door.ts'
import { isObject, type Json, listOf, parsed, textAt } from '../fhir/json.ts'
import { aroundChanges, type Compared, compareLines } from '../json/compare.ts'
import { setOut } from '../json/read-json.ts'

type Props = { readonly of: string; readonly from: number; readonly to: number }

const asText = ({ text }: Told) => text
const staleAfterMs = 60_000

export function Difference({ of, from, to }: Props) {
  const old = useDoor({ path: `${of}/_history/${from}` }, { read: asText, staleAfterMs })
  const made = useDoor({ path: `${of}/_history/${to}` }, { read: asText, staleAfterMs })
  const changes = useDoor(
    { path: `${of}/$diff?fromVersion=${from}&toVersion=${to}` },
    { read: changesIn, staleAfterMs },
  )
  return (
    <>
      <Answered answer={changes}>{(list) => <Changes changes={list} />}</Answered>
      <Answered answer={old}>
        {(oldText) => (
          <Answered answer={made}>{(newText) => <Lines old={oldText} made={newText} />}</Answered>
        )}
      </Answered>
    </>
  )
}

type Change = { readonly kind: string; readonly path: string; readonly value?: string }

/** The operations of a FHIRPath Patch (fhirpatch.html). */
function changesIn({ text }: Told): readonly Change[] {
  const parameters = parsed(text)
  if (!isObject(parameters)) return []
  return listOf(parameters.parameter).map((operation) => {
    const parts = isObject(operation) ? listOf(operation.part) : []
    const named = (name: string) => parts.find((part) => textAt(part, 'name') === name)
    const name = textAt(named('name'), 'valueString')
    const path = textAt(named('path'), 'valueString') ?? ''
    const value = valueIn(named('value'))
    return {
      kind: textAt(named('type'), 'valueCode') ?? '',
      path: name === undefined ? path : `${path}.${name}`,
      ...(value === undefined ? {} : { value }),
    }
  })
}

function valueIn(part: Json | undefined): string | undefined {
  if (!isObject(part)) return undefined
  const name = Object.keys(part).find((key) => /^value[A-Z]/.test(key))
  const value = name === undefined ? part.part : part[name]
  return typeof value === 'string' ? value : JSON.stringify(value)
}

const words = {
  add: 'added',
  insert: 'added',
  delete: 'removed',
  replace: 'replaced',
  move: 'moved',
} as const

function Changes({ changes }: { readonly changes: readonly Change[] }) {
  const say = useWords(explorerWords)
  const wordOf = (kind: string) => words[kind as keyof typeof words] ?? 'replaced'
  if (changes.length === 0) return <p className="x-quiet rx-pad">{say('noDifference')}</p>
  return (
    <ul className="rx-changes" aria-label={say('changes')}>
      {changes.map(({ kind, path, value }) => (
        <li key={`${kind}${path}${value ?? ''}`}>
          <strong>{say(wordOf(kind))}</strong> <code>{path}</code>
          {value === undefined ? null : <span className="rx-new-value"> → {value}</span>}
        </li>
      ))}
    </ul>
  )
}

const signs = { same: ' ', old: '−', new: '+' } as const

function Lines({ old, made }: { readonly old: string; readonly made: string }) {
  const say = useWords(explorerWords)
  const stretches = useMemo(
    () => aroundChanges(compareLines(setOut(old).split('\n'), setOut(made).split('\n'))),
    [old, made],
  )
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region is reached by the keyboard (WCAG 2.1.1).
    <section className="rx-json rx-diff" tabIndex={0} aria-label={say('lineByLine')}>
      {stretches.map((stretch) =>
        'lines' in stretch ? (
          stretch.lines.map((line) => <DiffLine key={`${line.oldLine} ${line.newLine}`} line={line} />)
        ) : (
          <p key={`gap${stretches.indexOf(stretch)}`} className="rx-gap x-quiet">
            {say('leftOut', { count: stretch.leftOut })}
          </p>
        ),
      )}
    </section>
  )
}

function DiffLine({ line }: { readonly line: Compared }) {
  return (
    <div className={`rx-line rx-line-${line.kind}`}>
      <span className="rx-number x-quiet">{line.oldLine}</span>
      <span className="rx-number x-quiet">{line.newLine}</span>
      <span className="rx-sign">{signs[line.kind]}</span>
      <code>{line.text}</code>
    </div>
  )
}
