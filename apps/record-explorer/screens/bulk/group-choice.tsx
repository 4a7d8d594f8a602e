/** Chooses one of the Groups of the record by its name. */
import { FailureText, useWords } from '@xinglin/kit'
import { Select } from 'antd'
import { resultsOf } from '../fhir/bundle.ts'
import { useDoor } from '../fhir/door.ts'
import { titleOf } from '../fhir/summary.ts'
import { bulkWords } from './bulk-words.ts'

/** Groups that are exported are few, and named by whoever makes them. */
const form = '_count=200&_elements=name,quantity,type'

type Props = {
  readonly id: string
  readonly value: string
  readonly onChange: (id: string) => void
}

export function GroupChoice({ id, value, onChange }: Props) {
  const say = useWords(bulkWords)
  const answer = useDoor({ path: 'Group/_search', form }, { read: resultsOf })
  if (answer.state === 'refused' || answer.state === 'failed')
    return (
      <div className="x-red" role="alert">
        <FailureText error={answer.error} />
      </div>
    )
  const groups = answer.state === 'ready' ? answer.data.entries : []
  return (
    <Select
      id={id}
      showSearch={{ optionFilterProp: 'label' }}
      className="rx-wide"
      loading={answer.state === 'loading'}
      value={value === '' ? undefined : value}
      placeholder={say('groupHint')}
      notFoundContent={answer.state === 'ready' ? say('noGroups') : null}
      options={groups.map(({ resource }) => ({
        value: resource.id ?? '',
        label: titleOf(resource) ?? resource.id,
      }))}
      onChange={(next: string) => onChange(next)}
    />
  )
}
