/** Would this resource be taken, and if not, which lines are why? */
import { Empty, Failed, useScreen, useWords } from '@xinglin/kit'
import { AutoComplete, Button, Input, Select } from 'antd'
import { useState } from 'react'
import '../explorer.css'
import { explorerWords } from '../explorer-words.ts'
import { resourceIn } from '../fhir/json.ts'
import { readJson, setOut } from '../json/read-json.ts'
import { Judged } from './judged.tsx'
import { PickResource } from './pick-resource.tsx'
import { useProfiles } from './use-profiles.ts'
import { useVerdict } from './use-verdict.ts'

const modes = ['profile', 'create', 'update'] as const

const beginning = '{\n  "resourceType": "Patient",\n  "gender": "mal",\n  "birthDate": "1988-02-30"\n}'

export function ValidateScreen() {
  const say = useWords(explorerWords)
  const { search, setSearch } = useScreen()
  const [text, setText] = useState(beginning)
  const resource = resourceIn(text)
  const type = resource?.resourceType
  const profile = search.get('profile') ?? ''
  const mode = modes.find((each) => each === search.get('mode')) ?? 'profile'
  const profiles = useProfiles(type)
  const verdict = useVerdict()
  const run = () => {
    if (!type) return
    // Set out first, so that the lines of both sides are the same.
    const ordered = setOut(text)
    setText(ordered)
    void verdict.ask({ text: ordered, type, mode, profile })
  }
  return (
    <form
      className="rx-validate"
      onSubmit={(event) => {
        event.preventDefault()
        run()
      }}
    >
      <div className="rx-screen">
        <div className="rx-tools">
          <PickResource onPicked={setText} />
          <AutoComplete
            className="rx-profile"
            allowClear
            value={profile}
            placeholder={say('profileHint')}
            aria-label={say('profile')}
            popupMatchSelectWidth={false}
            options={profiles.map((url) => ({ value: url }))}
            onChange={(next: string | undefined) => setSearch({ profile: next ?? '' })}
          />
          <Select
            value={mode}
            aria-label={say('mode')}
            popupMatchSelectWidth={false}
            options={modes.map((value) => ({ value, label: say(`mode_${value}`) }))}
            onChange={(next) => setSearch({ mode: next === 'profile' ? undefined : next })}
          />
          <Button onClick={() => setText(setOut(text))}>{say('setOut')}</Button>
          <Button type="primary" htmlType="submit" disabled={!type} loading={verdict.isRunning}>
            {say('validate')}
          </Button>
        </div>
        <Input.TextArea
          className="rx-text"
          value={text}
          spellCheck={false}
          aria-label={say('resourceText')}
          onChange={({ target }) => setText(target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) run()
          }}
        />
        <TextFault text={text} hasType={type !== undefined} />
      </div>
      <div className="rx-screen rx-verdict" aria-live="polite">
        {verdict.error ? <Failed error={verdict.error} /> : null}
        {verdict.judged ? <Judged {...verdict.judged} /> : null}
        {verdict.error || verdict.judged ? null : (
          <Empty title={say('notValidated')}>{say('notValidatedHelp')}</Empty>
        )}
      </div>
    </form>
  )
}

function TextFault({ text, hasType }: { readonly text: string; readonly hasType: boolean }) {
  const say = useWords(explorerWords)
  if (text.trim() === '' || hasType) return null
  const read = readJson(text)
  return (
    <p className="x-red rx-pad" role="alert">
      {read.isJson ? say('noResourceType') : say('notJson', { line: read.line, found: read.found || '…' })}
    </p>
  )
}
