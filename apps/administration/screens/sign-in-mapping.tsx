/** Which groups give which roles: lines that are tried before they are saved. */
import { DeleteOutlined } from '@ant-design/icons'
import { Answered, FailureText, useAct, useAsk, useMay, useWords } from '@xinglin/kit'
import { Button, Input, Select } from 'antd'
import { useState } from 'react'
import type { GroupMapping, MappingPreview, MappingsAnswer } from '../sign-in-contract.ts'
import { ActDialog } from './act-dialog.tsx'
import { Field } from './field.tsx'
import { useRoles } from './roles-answer.ts'
import { providersPath } from './sign-in-path.ts'
import { PreviewText } from './sign-in-preview.tsx'
import { linesOf } from './sign-in-setting.tsx'
import { signInWords } from './sign-in-words.ts'

export function ProviderMapping({ id }: { readonly id: string }) {
  const answer = useAsk<MappingsAnswer>(`${providersPath}/${id}/mappings`)
  return (
    <section className="a-part">
      <Answered answer={answer}>{({ mappings }) => <Mapping id={id} given={mappings} />}</Answered>
    </section>
  )
}

function Mapping({ id, given }: { readonly id: string; readonly given: readonly GroupMapping[] }) {
  const say = useWords(signInWords)
  const mayWrite = useMay('administration.upstream.write')
  const [lines, setLines] = useState(given)
  const [isSaving, setSaving] = useState(false)
  const path = `${providersPath}/${id}/mappings`
  const full = lines.filter(({ group, role }) => group.trim() !== '' && role !== '')
  const save = useAct<string>((reason) => ({ path, body: { reason, mappings: full } }), {
    refreshes: [path, providersPath],
  })
  return (
    <>
      {lines.length === 0 ? <p className="x-quiet">{say('noMappings')}</p> : null}
      {lines.map((line, index) => (
        <Line
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity but their place.
          key={index}
          line={line}
          isFixed={!mayWrite}
          onChange={(next) => setLines(lines.with(index, next))}
          onRemove={() => setLines(lines.toSpliced(index, 1))}
        />
      ))}
      {mayWrite ? (
        <div className="a-acts">
          <Button onClick={() => setLines([...lines, { group: '', role: '' }])}>{say('addMapping')}</Button>
          <Button type="primary" onClick={() => setSaving(true)}>
            {say('saveMapping')}
          </Button>
        </div>
      ) : null}
      <TryMapping id={id} mappings={full} />
      {isSaving ? (
        <ActDialog
          title={say('saveMapping')}
          text={say('saveMappingText')}
          act={save}
          onDone={() => setSaving(false)}
          onCancel={() => setSaving(false)}
        />
      ) : null}
    </>
  )
}

type LineProps = {
  readonly line: GroupMapping
  readonly isFixed: boolean
  readonly onChange: (line: GroupMapping) => void
  readonly onRemove: () => void
}

function Line({ line, isFixed, onChange, onRemove }: LineProps) {
  const say = useWords(signInWords)
  const { roles, titleOf } = useRoles()
  return (
    <div className="a-pair">
      <Input
        aria-label={say('group')}
        placeholder={say('group')}
        disabled={isFixed}
        value={line.group}
        onChange={({ target }) => onChange({ ...line, group: target.value })}
      />
      <Select
        aria-label={say('role')}
        disabled={isFixed}
        showSearch={{ optionFilterProp: 'label' }}
        value={line.role}
        options={roles.map(({ id }) => ({ value: id, label: titleOf(id) }))}
        onChange={(role) => onChange({ ...line, role })}
      />
      <Button
        type="text"
        disabled={isFixed}
        icon={<DeleteOutlined />}
        aria-label={say('removeMapping')}
        onClick={onRemove}
      />
    </div>
  )
}

function TryMapping({ id, mappings }: { readonly id: string; readonly mappings: readonly GroupMapping[] }) {
  const say = useWords(signInWords)
  const [groups, setGroups] = useState('')
  const [shown, setShown] = useState<MappingPreview>()
  const preview = useAct<readonly string[], MappingPreview>((asked) => ({
    path: `${providersPath}/${id}/preview`,
    body: { groups: asked, mappings },
  }))
  const run = async () => {
    const ran = await preview.run(linesOf(groups))
    if (ran.isDone) setShown(ran.output)
  }
  return (
    <div className="a-part">
      <Field name="groups" label={say('tryGroups')} help={say('tryHelp')}>
        <Input.TextArea rows={3} value={groups} onChange={({ target }) => setGroups(target.value)} />
      </Field>
      <Button loading={preview.isRunning} onClick={() => void run()}>
        {say('tryMapping')}
      </Button>
      {shown ? <PreviewText preview={shown} /> : null}
      {preview.error ? (
        <div className="x-red" role="alert">
          <FailureText error={preview.error} />
        </div>
      ) : null}
    </div>
  )
}
