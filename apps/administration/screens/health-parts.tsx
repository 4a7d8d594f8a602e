/** The parts of the system's health, each a heading with facts or a short table. */
import { CheckCircleOutlined, WarningOutlined } from '@ant-design/icons'
import { Facts, useTimes, useWords } from '@xinglin/kit'
import type { ReactNode } from 'react'
import type { SystemHealth } from '../contract.ts'
import { administrationWords } from './administration-words.ts'
import { sizeText, spanParts } from './measures.ts'
import { PlainTable } from './plain-table.tsx'

type Props = { readonly health: SystemHealth }

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="a-part">
      <h2>{title}</h2>
      {children}
    </section>
  )
}

function Mark({ isGood, children }: { readonly isGood: boolean; readonly children: ReactNode }) {
  return (
    <span className={`a-mark ${isGood ? 'x-green' : 'x-red'}`}>
      {isGood ? <CheckCircleOutlined aria-hidden /> : <WarningOutlined aria-hidden />}
      {children}
    </span>
  )
}

/** Parts that the platform itself has; apps may add their own. */
const partWords = {
  database: 'database',
  replicas: 'partReplicas',
  objects: 'objects',
  listeners: 'partListeners',
} as const

function isNamed(name: string): name is keyof typeof partWords {
  return Object.hasOwn(partWords, name)
}

const doorNames: Readonly<Record<string, string>> = { hl7v2: 'HL7 v2', fhir: 'FHIR', dicom: 'DICOM' }

export function Parts({ health }: Props) {
  const say = useWords(administrationWords)
  const facts = Object.entries(health.parts).map(
    ([name, state]) =>
      [
        isNamed(name) ? say(partWords[name]) : name,
        <Mark key={name} isGood={state === 'ok'}>
          {state === 'ok' ? say('works') : state}
        </Mark>,
      ] as const,
  )
  return (
    <Part title={say('parts')}>
      <Facts facts={facts} />
    </Part>
  )
}

export function ProcessPart({ health: { process } }: Props) {
  const say = useWords(administrationWords)
  const { days, hours, minutes } = spanParts(process.uptimeSeconds)
  const span = [
    ...(days > 0 ? [say('days', { count: days })] : []),
    ...(hours > 0 ? [say('hours', { count: hours })] : []),
    say('minutes', { count: minutes }),
  ]
  return (
    <Part title={say('process')}>
      <Facts
        facts={[
          [say('version'), `Xinglin ${process.version} · Node ${process.node}`],
          [say('uptime'), span.slice(0, 2).join(' ')],
          [say('memory'), sizeText(process.residentBytes)],
          [say('heap'), sizeText(process.heapUsedBytes)],
        ]}
      />
    </Part>
  )
}

export function DatabasePart({ health: { database } }: Props) {
  const say = useWords(administrationWords)
  const times = useTimes()
  const isNearlyFull = database.connections > database.maxConnections * 0.8
  return (
    <Part title={say('database')}>
      <Facts
        facts={[
          [say('version'), `PostgreSQL ${database.version}`],
          [say('size'), sizeText(database.sizeBytes)],
          [
            say('connections'),
            <span key="connections" className={isNearlyFull ? 'x-amber' : ''}>
              {database.connections} / {database.maxConnections}
            </span>,
          ],
          [say('started'), times.full(database.startedAt)],
        ]}
      />
    </Part>
  )
}

export function ObjectsPart({ health: { objects } }: Props) {
  const say = useWords(administrationWords)
  return (
    <Part title={say('objects')}>
      <Facts
        facts={[
          [say('kind'), say(objects.kind === 's3' ? 'kindS3' : 'kindFile')],
          [
            say('writable'),
            <Mark key="writable" isGood={objects.isWritable}>
              {say(objects.isWritable ? 'yes' : 'no')}
            </Mark>,
          ],
          [say('free'), objects.freeBytes === undefined ? say('unlimited') : sizeText(objects.freeBytes)],
        ]}
      />
    </Part>
  )
}

export function LogPart({ health: { log } }: Props) {
  const say = useWords(administrationWords)
  return (
    <Part title={say('log')}>
      <Facts facts={[[say('head'), <code key="head">{log.head}</code>]]} />
      <PlainTable
        rows={log.consumers}
        keyOf={({ name }) => name}
        empty={say('noConsumers')}
        columns={[
          { title: say('consumer'), draw: ({ name }) => name },
          { title: say('position'), isWide: true, draw: ({ position }) => <code>{position}</code> },
          {
            title: say('behind'),
            isNumber: true,
            draw: ({ entriesBehind: count }) => say('entries', { count }),
          },
          {
            title: say('state'),
            draw: ({ entriesBehind, failure }) => (
              <Mark isGood={failure === undefined}>
                {failure ?? say(entriesBehind > 0 ? 'lag' : 'works')}
              </Mark>
            ),
          },
        ]}
      />
    </Part>
  )
}

export function JobsPart({ health: { jobs } }: Props) {
  const say = useWords(administrationWords)
  return (
    <Part title={say('jobs')}>
      <PlainTable
        rows={jobs}
        keyOf={({ task }) => task}
        empty={say('noJobs')}
        columns={[
          { title: say('task'), draw: ({ task }) => task },
          { title: say('waiting'), isNumber: true, draw: ({ waiting }) => waiting },
          {
            title: say('failed'),
            isNumber: true,
            draw: ({ failed }) => <span className={failed > 0 ? 'x-red' : ''}>{failed}</span>,
          },
        ]}
      />
    </Part>
  )
}

export function DoorsPart({ health: { doors } }: Props) {
  const say = useWords(administrationWords)
  const times = useTimes()
  const ms = (value: number | undefined) => (value === undefined ? '–' : Math.round(value))
  return (
    <Part title={say('doors')}>
      <PlainTable
        rows={doors}
        keyOf={({ door }) => door}
        empty={say('noDoors')}
        columns={[
          { title: say('door'), draw: ({ door }) => doorNames[door] ?? door },
          { title: say('received'), isNumber: true, draw: ({ received }) => received },
          { title: say('accepted'), isNumber: true, draw: ({ accepted }) => accepted },
          {
            title: say('refusedCount'),
            isNumber: true,
            draw: ({ refused }) => <span className={refused > 0 ? 'x-red' : ''}>{refused}</span>,
          },
          {
            title: say('latency'),
            isNumber: true,
            draw: ({ latencyP50Ms, latencyP95Ms }) => (
              <>
                {ms(latencyP50Ms)} / {ms(latencyP95Ms)}
                <span className="x-unit">ms</span>
              </>
            ),
          },
          { title: say('last'), draw: ({ lastAt }) => times.moment(lastAt) },
        ]}
      />
    </Part>
  )
}

export function TablesPart({ health: { database } }: Props) {
  const say = useWords(administrationWords)
  return (
    <Part title={say('tables')}>
      <PlainTable
        rows={database.tables}
        keyOf={({ name }) => name}
        empty={say('noRecords')}
        columns={[
          { title: say('table'), draw: ({ name }) => <code>{name}</code> },
          { title: say('rows'), isNumber: true, draw: ({ rows }) => rows.toLocaleString('en') },
          { title: say('size'), isNumber: true, draw: ({ sizeBytes }) => sizeText(sizeBytes) },
        ]}
      />
    </Part>
  )
}

export function RecordsPart({ health: { records } }: Props) {
  const say = useWords(administrationWords)
  return (
    <Part title={say('recordCounts')}>
      <PlainTable
        rows={records}
        keyOf={({ type }) => type}
        empty={say('noRecords')}
        columns={[
          { title: say('type'), draw: ({ type }) => type },
          { title: say('count'), isNumber: true, draw: ({ count }) => count.toLocaleString('en') },
        ]}
      />
    </Part>
  )
}
