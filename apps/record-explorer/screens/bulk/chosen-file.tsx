/** A file that is to be imported: its name and size, the type of its lines, how much of it was sent. */
import { CheckCircleOutlined, ClockCircleOutlined, CloseOutlined, SyncOutlined } from '@ant-design/icons'
import { useAsk, useWords } from '@xinglin/kit'
import { Button, Select } from 'antd'
import type { TypesAnswer } from '../../contract.ts'
import { bulkWords } from './bulk-words.ts'
import type { Chosen, ImportDraft } from './use-import.ts'

const units = ['B', 'KB', 'MB', 'GB'] as const

export function ChosenFile({ chosen, draft }: { readonly chosen: Chosen; readonly draft: ImportDraft }) {
  const say = useWords(bulkWords)
  const answer = useAsk<TypesAnswer>('/api/record-explorer/types', { staleAfterMs: 10_000 })
  const types = answer.state === 'ready' ? answer.data.types : []
  const { name, size } = chosen.file
  return (
    <li>
      <div className="rx-field">
        <strong className="x-cut rx-grow" title={name}>
          {name}
        </strong>
        <span className="x-number x-quiet">{sizeText(size)}</span>
        <Button
          type="text"
          size="small"
          icon={<CloseOutlined />}
          aria-label={say('remove', { name })}
          disabled={draft.isRunning}
          onClick={() => draft.remove(chosen.key)}
        />
      </div>
      <div className="rx-field">
        <Select
          className="rx-grow"
          size="small"
          showSearch
          value={chosen.type}
          aria-label={say('typeOf', { name })}
          disabled={draft.isRunning}
          options={[
            { value: '', label: say('anyType') },
            ...types.map(({ type }) => ({ value: type, label: type })),
          ]}
          onChange={(type: string) => draft.change(chosen.key, { type })}
        />
        <Sent chosen={chosen} isRunning={draft.isRunning} />
      </div>
    </li>
  )
}

function Sent({ chosen, isRunning }: { readonly chosen: Chosen; readonly isRunning: boolean }) {
  const say = useWords(bulkWords)
  if (chosen.url !== undefined)
    return (
      <span className="rx-mark x-green">
        <CheckCircleOutlined aria-hidden /> {say('uploaded')}
      </span>
    )
  if (isRunning && chosen.percent !== undefined)
    return (
      <span className="rx-mark x-blue x-number" role="status">
        <SyncOutlined aria-hidden /> {say('uploading', { percent: chosen.percent })}
      </span>
    )
  return (
    <span className="rx-mark x-quiet">
      <ClockCircleOutlined aria-hidden /> {say('toUpload')}
    </span>
  )
}

/** `3.4 MB`: two figures where there is less than ten of a unit. */
function sizeText(bytes: number): string {
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10))
  const value = bytes / 1024 ** power
  return `${value < 10 && power > 0 ? value.toFixed(1) : Math.round(value)} ${units[power]}`
}
