/** The filters of the explorer: when, what, outcome, why, from where; all of them live in the address. */
import { DownloadOutlined, ReloadOutlined } from '@ant-design/icons'
import { useScreen, useTyped, useWords } from '@xinglin/kit'
import { Button, DatePicker, Input, Select } from 'antd'
import { useActionOptions } from './actions.ts'
import { explorerPath } from './explorer-query.ts'
import { explorerWords } from './explorer-words.ts'
import { words } from './words.ts'

const { RangePicker } = DatePicker
const outcomes = ['allowed', 'refused', 'failed'] as const
/** Those that a hospital states; any other stands in the entries as its code. */
export const purposes = [
  'TREAT',
  'BTG',
  'ETREAT',
  'HPAYMT',
  'HOPERAT',
  'HRESCH',
  'PUBHLTH',
  'PATRQT',
] as const

export function ExplorerFilters({
  mayExport,
  onRefresh,
}: {
  readonly mayExport: boolean
  readonly onRefresh: (() => void) | undefined
}) {
  const say = useWords(explorerWords)
  const sayOutcome = useWords(words)
  const { search } = useScreen()
  const [address, setAddress] = useTyped('address')
  const actions = useActionOptions()
  return (
    <div className="audit-tools">
      <WhenFilter />
      <Filter name="action" label={say('action')} any={say('anything')} options={actions} />
      <Filter
        name="outcome"
        label={say('outcome')}
        any={say('anyOutcome')}
        options={outcomes.map((value) => ({ value, label: sayOutcome(value) }))}
      />
      <Filter
        name="purpose"
        label={say('purpose')}
        any={say('anyPurpose')}
        options={purposes.map((value) => ({ value, label: say(value) }))}
      />
      <Input
        allowClear
        style={{ width: 200 }}
        value={address}
        placeholder={say('address')}
        aria-label={say('address')}
        onChange={(event) => setAddress(event.target.value)}
      />
      <div className="audit-end">
        {onRefresh ? (
          <Button
            icon={<ReloadOutlined />}
            onClick={onRefresh}
            aria-label={say('refresh')}
            title={say('refresh')}
          />
        ) : null}
        <Button
          icon={<DownloadOutlined />}
          disabled={!mayExport}
          href={explorerPath('/api/audit/entries.csv', search)}
          download
        >
          {say('exportCsv')}
        </Button>
      </div>
    </div>
  )
}

type FilterProps = {
  readonly name: string
  readonly label: string
  readonly any: string
  readonly options: readonly { readonly value: string; readonly label: string }[]
}

function Filter({ name, label, any, options }: FilterProps) {
  const { search, setSearch } = useScreen()
  return (
    <Select
      style={{ minWidth: 112 }}
      popupMatchSelectWidth={false}
      value={search.get(name) ?? ''}
      aria-label={label}
      onChange={(value) => setSearch({ [name]: value, entry: undefined })}
      options={[{ value: '', label: any }, ...options]}
    />
  )
}

function WhenFilter() {
  const say = useWords(explorerWords)
  const { search, setSearch } = useScreen()
  const days = search.get('days') ?? ''
  const options = [
    { value: '', label: say('anyTime') },
    { value: '1', label: say('today') },
    { value: '7', label: say('week') },
    { value: '30', label: say('month') },
    { value: 'range', label: `${say('from')} – ${say('until')}` },
  ]
  return (
    <>
      <Select
        style={{ minWidth: 104 }}
        popupMatchSelectWidth={false}
        value={days}
        aria-label={say('when')}
        onChange={(next) => setSearch({ days: next, from: undefined, until: undefined, entry: undefined })}
        options={options}
      />
      {days === 'range' ? (
        <RangePicker
          showTime={{ format: 'HH:mm' }}
          format="YYYY-MM-DD HH:mm"
          onChange={(range) =>
            setSearch({ from: range?.[0]?.toISOString(), until: range?.[1]?.toISOString() })
          }
        />
      ) : null}
    </>
  )
}
