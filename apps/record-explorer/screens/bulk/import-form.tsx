/** An import as a form: files that are sent here with their progress, or addresses from which the platform fetches. */
import { InboxOutlined } from '@ant-design/icons'
import { FailureText, useIsNarrow, useWords } from '@xinglin/kit'
import { Button, Drawer, Input, Upload } from 'antd'
import { useState } from 'react'
import { bulkWords } from './bulk-words.ts'
import { ChosenFile } from './chosen-file.tsx'
import { FormField } from './form-field.tsx'
import { addressesIn } from './requests.ts'
import { useImport } from './use-import.ts'

type Props = {
  readonly isOpen: boolean
  readonly onClose: () => void
  /** With the id of the import that was begun. */
  readonly onBegun: (id: string | undefined) => void
}

export function ImportForm({ isOpen, onClose, onBegun }: Props) {
  const say = useWords(bulkWords)
  const isNarrow = useIsNarrow()
  const draft = useImport()
  const [typed, setTyped] = useState('')
  const addresses = addressesIn(typed)
  const start = async () => {
    const id = await draft.start(addresses)
    if (id === undefined) return
    setTyped('')
    onBegun(id)
  }
  return (
    <Drawer open={isOpen} title={say('newImport')} size={isNarrow ? '100%' : 480} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void start()
        }}
      >
        <Upload.Dragger
          multiple
          accept=".ndjson,.jsonl,.json"
          showUploadList={false}
          disabled={draft.isRunning}
          beforeUpload={(file) => {
            draft.add([file])
            return false
          }}
        >
          <p className="rx-drop" aria-hidden>
            <InboxOutlined />
          </p>
          <p>{say('chooseFiles')}</p>
          <p className="x-quiet">{say('chooseFilesHelp')}</p>
        </Upload.Dragger>
        <ul className="rx-chosen" aria-label={say('files')}>
          {draft.files.map((chosen) => (
            <ChosenFile key={chosen.key} chosen={chosen} draft={draft} />
          ))}
        </ul>
        <FormField label={say('addresses')} help={say('addressesHelp')}>
          {(id) => (
            <Input.TextArea
              id={id}
              className="rx-code"
              rows={2}
              value={typed}
              placeholder="https://"
              spellCheck={false}
              disabled={draft.isRunning}
              onChange={({ target }) => setTyped(target.value)}
            />
          )}
        </FormField>
        <p className="x-quiet">{say('importHelp')}</p>
        {draft.error ? (
          <div className="x-red" role="alert">
            <FailureText error={draft.error} />
          </div>
        ) : null}
        <p className="rx-field rx-acts">
          <Button
            type="primary"
            htmlType="submit"
            loading={draft.isRunning}
            disabled={draft.files.length + addresses.length === 0}
          >
            {say('startImport')}
          </Button>
          {draft.isRunning ? <Button onClick={draft.stop}>{say('stopUpload')}</Button> : null}
        </p>
      </form>
    </Drawer>
  )
}
