/** Where each value of a resource comes from: its message, field, bytes and the rule that made it, one click away. */
import { messageAddress, readPermission } from '@xinglin/integration/contract'
import { Answered, Go, useAsk, useMay, useWords } from '@xinglin/kit'
import type { ElementLineage, FieldSource, LineageAnswer } from '../reading/shapes.ts'
import { useRecord } from './record-place.ts'
import { words } from './words.ts'

export function Lineage({ of }: { readonly of: string }) {
  const say = useWords(words)
  const { pathOf } = useRecord()
  const [address = ''] = pathOf(`sources/${of}/lineage`).split('?')
  const answer = useAsk<LineageAnswer>(address)
  return (
    <>
      <h2>{say('lineage')}</h2>
      <Answered answer={answer}>
        {({ elements }) =>
          elements.length === 0 ? (
            <p className="x-quiet">{say('lineageNone')}</p>
          ) : (
            <div className="chart-lineage">
              {elements.map((element) => (
                <Element key={element.path} element={element} />
              ))}
            </div>
          )
        }
      </Answered>
    </>
  )
}

function Element({ element: { path, value, message, sources } }: { readonly element: ElementLineage }) {
  const say = useWords(words)
  const mayReadMessages = useMay(readPermission)
  const [first] = sources
  return (
    <details>
      <summary>
        <code>{path}</code> <strong>{value}</strong> ← {first?.field}
      </summary>
      {sources.map((source) => (
        <Field key={source.field} source={source} />
      ))}
      <p>
        {message.subject} · {message.sender}{' '}
        {mayReadMessages ? <Go to={messageAddress(message.id, first?.field)}>{say('openMessage')}</Go> : null}
      </p>
    </details>
  )
}

function Field({ source }: { readonly source: FieldSource }) {
  const say = useWords(words)
  const { field, text, byteOffset, byteLength, role, map, clause, file } = source
  return (
    <p>
      <code>{field}</code> {text === undefined ? null : <mark>{text}</mark>}{' '}
      <span className="x-quiet">
        {say('lineageBytes', { from: byteOffset, length: byteLength })} ·{' '}
        {say(role === 'value' ? 'lineageValue' : 'lineageCondition')} · {map} · {clause} · {file}
      </span>
    </p>
  )
}
