/** Bulk Data Access 2.0 §Kick-off Request as a form: of whom, which types, since when, and which parts. */
import { FailureText, useAsk, useIsNarrow, useMe, useWords } from '@xinglin/kit'
import { Button, DatePicker, Drawer, Input, Segmented, Select } from 'antd'
import { useState } from 'react'
import type { TypesAnswer } from '../../contract.ts'
import { useDoorAct } from '../fhir/use-door-act.ts'
import { bulkWords } from './bulk-words.ts'
import { FormField, isElsewhere } from './form-field.tsx'
import { GroupChoice } from './group-choice.tsx'
import { instantAt } from './instant.ts'
import { idIn, jobsPath } from './job.ts'
import { type ExportDraft, emptyExport, exportRequest, levels } from './requests.ts'

type Props = {
  readonly isOpen: boolean
  readonly onClose: () => void
  /** With the id of the export that was begun. */
  readonly onBegun: (id: string | undefined) => void
}
const parameters = ['_type', '_since', '_until', '_elements', '_typeFilter']

export function ExportForm({ isOpen, onClose, onBegun }: Props) {
  const say = useWords(bulkWords)
  const isNarrow = useIsNarrow()
  const zone = useZone()
  const [draft, setDraft] = useState(emptyExport)
  const act = useDoorAct((wanted: ExportDraft) => exportRequest(wanted, zone), { refreshes: [jobsPath] })
  const isReady =
    (draft.level !== 'group' || draft.group !== '') &&
    [draft.since, draft.until].every((wall) => wall === '' || instantAt(wall, zone) !== undefined)
  const start = async () => {
    if (!isReady) return
    const told = await act.run(draft)
    if (told) onBegun(idIn(told.headers))
  }
  return (
    <Drawer open={isOpen} title={say('newExport')} size={isNarrow ? '100%' : 480} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void start()
        }}
      >
        <Fields draft={draft} onChange={setDraft} error={act.error} />
        {isElsewhere(act.error, parameters) && act.error ? (
          <div className="x-red" role="alert">
            <FailureText error={act.error} />
          </div>
        ) : null}
        <Button type="primary" htmlType="submit" disabled={!isReady} loading={act.isRunning}>
          {say('startExport')}
        </Button>
      </form>
    </Drawer>
  )
}

type FieldsProps = {
  readonly draft: ExportDraft
  readonly onChange: (draft: ExportDraft) => void
  readonly error: ReturnType<typeof useDoorAct>['error']
}

function Fields({ draft, onChange, error }: FieldsProps) {
  const say = useWords(bulkWords)
  const set = (part: Partial<ExportDraft>) => onChange({ ...draft, ...part })
  const answer = useAsk<TypesAnswer>('/api/record-explorer/types', { staleAfterMs: 10_000 })
  const types = answer.state === 'ready' ? answer.data.types : []
  const offered = draft.level === 'system' ? types : types.filter(({ isOfPatient }) => isOfPatient)
  return (
    <>
      <FormField label={say('level')}>
        {() => (
          <Segmented
            className="rx-levels"
            value={draft.level}
            options={levels.map((value) => ({ value, label: say(`level_${value}`) }))}
            onChange={(level) => set({ level, types: [] })}
          />
        )}
      </FormField>
      {draft.level === 'group' ? (
        <FormField label={say('group')}>
          {(id) => <GroupChoice id={id} value={draft.group} onChange={(group) => set({ group })} />}
        </FormField>
      ) : null}
      <FormField label={say('typesField')} parameter="_type" error={error}>
        {(id) => (
          <Select
            id={id}
            mode="multiple"
            className="rx-wide"
            value={[...draft.types]}
            placeholder={say('typesHint')}
            options={offered.map(({ type, count }) => ({ value: type, label: `${type} (${count})` }))}
            onChange={(next: string[]) => set({ types: next })}
          />
        )}
      </FormField>
      <FormField label={say('since')} parameter="_since" error={error}>
        {(id) => <Clock id={id} onChange={(since) => set({ since })} />}
      </FormField>
      <FormField label={say('until')} parameter="_until" error={error} help={say('untilHint')}>
        {(id) => <Clock id={id} onChange={(until) => set({ until })} />}
      </FormField>
      <FormField label={say('elements')} parameter="_elements" error={error}>
        {(id) => (
          <Input
            id={id}
            value={draft.elements}
            placeholder={say('elementsHint')}
            spellCheck={false}
            onChange={({ target }) => set({ elements: target.value })}
          />
        )}
      </FormField>
      <FormField label={say('filters')} parameter="_typeFilter" error={error}>
        {(id) => (
          <Input.TextArea
            id={id}
            className="rx-code"
            rows={3}
            value={draft.filters}
            placeholder="Observation?category=laboratory"
            spellCheck={false}
            onChange={({ target }) => set({ filters: target.value })}
          />
        )}
      </FormField>
    </>
  )
}

type ClockProps = { readonly id: string; readonly onChange: (wall: string) => void }

/** A time on the clocks of the hospital. */
function Clock({ id, onChange }: ClockProps) {
  return (
    <DatePicker
      id={id}
      showTime={{ format: 'HH:mm' }}
      format="YYYY-MM-DD HH:mm"
      onChange={(_, text) => onChange(typeof text === 'string' ? text.replace(' ', 'T') : '')}
    />
  )
}

/** The zone of the hospital, in which every time is shown and typed. */
function useZone(): string {
  return useMe()?.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone
}
