/** What each field of a message made; opening a field marks it in the raw text. */
import { Answered, useAsk, useWords } from '@xinglin/kit'
import type { FieldLineage, LineageAnswer, MadeElement, MessageAnswer } from '../contract.ts'
import { integrationWords } from './integration-words.ts'

type Props = {
  readonly message: MessageAnswer
  /** Path of the field that is marked. */
  readonly chosen: string | undefined
  readonly onChoose: (field: FieldLineage) => void
}

export function FieldsOf({ message, chosen, onChoose }: Props) {
  const say = useWords(integrationWords)
  const answer = useAsk<LineageAnswer>(`/api/integration/messages/${encodeURIComponent(message.id)}/lineage`)
  return (
    <>
      <h2>{say('lineage')}</h2>
      <Answered answer={answer}>
        {({ fields }) =>
          fields.length === 0 ? (
            <p className="x-quiet">{say('lineageNone')}</p>
          ) : (
            <div className="i-lineage">
              {fields.map((field) => (
                <Field
                  key={field.field}
                  field={field}
                  text={message.raw.content.slice(field.startOffset, field.endOffset)}
                  isOpen={field.field === chosen}
                  onOpen={() => onChoose(field)}
                />
              ))}
            </div>
          )
        }
      </Answered>
    </>
  )
}

type FieldProps = {
  readonly field: FieldLineage
  readonly text: string
  readonly isOpen: boolean
  readonly onOpen: () => void
}

function Field({ field: { field, made, byteOffset, byteLength }, text, isOpen, onOpen }: FieldProps) {
  const say = useWords(integrationWords)
  return (
    <details open={isOpen} onToggle={({ currentTarget }) => (currentTarget.open ? onOpen() : undefined)}>
      <summary>
        <code>{field}</code> <mark>{text}</mark>{' '}
        <span className="x-quiet">
          {say('lineageBytes', { from: byteOffset, length: byteLength })} ·{' '}
          {say('madeCount', { number: made.length })}
        </span>
      </summary>
      <ul>
        {made.map((element) => (
          <Made key={`${element.reference} ${element.path}`} element={element} />
        ))}
      </ul>
    </details>
  )
}

function Made({ element }: { readonly element: MadeElement }) {
  const say = useWords(integrationWords)
  const { reference, path, role, map, clause, file } = element
  const [type] = reference.split('/', 1)
  return (
    <li>
      <a href={`/fhir/R4/${reference}`} target="_blank" rel="noreferrer">
        {type}
      </a>{' '}
      <code>{path}</code>{' '}
      <span className="x-quiet">
        {say(role === 'value' ? 'lineageValue' : 'lineageCondition')} · {map} · {clause} · {file}
      </span>
    </li>
  )
}
