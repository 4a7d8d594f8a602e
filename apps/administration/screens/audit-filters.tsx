/** The filters of the audit trail: who, what, whose, when, outcome; all of them live in the address. */
import { DownloadOutlined, ReloadOutlined } from '@ant-design/icons'
import { useScreen, useTyped, useWords } from '@xinglin/kit'
import { AutoComplete, Button, DatePicker, Input, Select } from 'antd'
import { administrationWords } from './administration-words.ts'
import { useActionOptions } from './audit-actions.ts'
import { auditPath } from './audit-query.ts'
import { WhoFilter } from './who-filter.tsx'

const { RangePicker } = DatePicker

export function AuditFilters({ onRefresh }: { readonly onRefresh: () => void }) {
  const say = useWords(administrationWords)
  const { search, setSearch } = useScreen()
  const [patient, setPatient] = useTyped('patient')
  const [resourceType, setResourceType] = useTyped('resourceType')
  const actions = useActionOptions()
  const outcomes = ['allowed', 'refused', 'failed'] as const
  return (
    <div className="a-tools">
      <WhoFilter />
      <Select
        style={{ minWidth: 120 }}
        value={search.get('action') ?? ''}
        aria-label={say('what')}
        onChange={(action) => setSearch({ action })}
        options={[{ value: '', label: say('anything') }, ...actions]}
      />
      <AutoComplete
        allowClear
        style={{ width: 140 }}
        value={resourceType}
        aria-label={say('resourceType')}
        onChange={(text: string | undefined) => setResourceType(text ?? '')}
        placeholder={say('resourceType')}
        options={usualTypes.filter((type) => type.startsWith(resourceType)).map((value) => ({ value }))}
      />
      <Input
        allowClear
        style={{ maxWidth: 150 }}
        value={patient}
        placeholder={say('patientId')}
        aria-label={say('whose')}
        onChange={(event) => setPatient(event.target.value)}
      />
      <Select
        style={{ minWidth: 84 }}
        value={search.get('outcome') ?? ''}
        aria-label={say('outcome')}
        onChange={(outcome) => setSearch({ outcome })}
        options={[
          { value: '', label: say('anyOutcome') },
          ...outcomes.map((outcome) => ({ value: outcome, label: say(outcome) })),
        ]}
      />
      <WhenFilter />
      <div className="a-tools-end">
        <Button icon={<ReloadOutlined />} onClick={onRefresh}>
          {say('refresh')}
        </Button>
        <Button
          icon={<DownloadOutlined />}
          href={auditPath('/api/administration/audit.csv', search)}
          download
        >
          {say('exportCsv')}
        </Button>
      </div>
    </div>
  )
}

const usualTypes = [
  'Account',
  'Client',
  'DiagnosticReport',
  'Encounter',
  'ImagingStudy',
  'Observation',
  'Patient',
  'Role',
  'ServiceRequest',
  'Session',
]

function WhenFilter() {
  const say = useWords(administrationWords)
  const { search, setSearch } = useScreen()
  const days = search.get('days') ?? ''
  const options = [
    { value: '', label: say('anyTime') },
    { value: '1', label: say('today') },
    { value: '7', label: say('lastWeek') },
    { value: '30', label: say('lastMonth') },
    { value: 'range', label: `${say('from')} – ${say('until')}` },
  ]
  return (
    <>
      <Select
        style={{ minWidth: 104 }}
        value={days}
        aria-label={say('when')}
        onChange={(next) => setSearch({ days: next, from: undefined, until: undefined })}
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
