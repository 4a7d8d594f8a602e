/** One round: its self tests, its assessment, its gaps in a list, and the gap that was chosen. */
import {
  type Column,
  DataGrid,
  Empty,
  FailureText,
  useAct,
  useLook,
  useMay,
  useScreen,
  useTimes,
  useWords,
} from '@xinglin/kit'
import { Button } from 'antd'
import {
  type Gap,
  type GapState,
  type GradedSystem,
  gradingPath,
  gradingPermissions,
  type Round,
} from '../grading/contract.ts'
import { GapDetail } from './gap-detail.tsx'
import { gradingWords } from './grading-words.ts'

const signs: Readonly<Record<GapState, readonly [sign: string, tone: string]>> = {
  open: ['○', 'x-red'],
  planned: ['◐', 'x-amber'],
  fixed: ['◑', 'x-amber'],
  proven: ['✓', 'x-quiet'],
  failing: ['✗', 'x-red'],
  stated: ['✎', 'x-quiet'],
}

/** What is done to a round as a whole. */
export function Acts({
  system,
  round,
}: {
  readonly system: GradedSystem
  readonly round: Round | undefined
}) {
  const say = useWords(gradingWords)
  const { setSearch } = useScreen()
  const mayWrite = useMay(gradingPermissions.write)
  const start = useAct<undefined, { readonly id: string }>(
    () => ({ path: '/api/compliance/commands/start-round', body: { system: system.id } }),
    { refreshes: [gradingPath] },
  )
  const test = useAct<string>((id) => ({ path: `${gradingPath}/rounds/${id}/self-tests`, body: {} }), {
    refreshes: [gradingPath],
  })
  const begin = async () => {
    const ran = await start.run(undefined)
    if (ran.isDone) setSearch({ round: ran.output.id, gap: undefined })
  }
  const error = start.error ?? test.error
  return (
    <>
      {mayWrite && system.rounds.every(({ assessed }) => assessed !== undefined) ? (
        <Button type="primary" loading={start.isRunning} onClick={() => void begin()}>
          {say('startRound')}
        </Button>
      ) : null}
      {mayWrite && round && !round.assessed ? (
        <Button type="primary" loading={test.isRunning} onClick={() => void test.run(round.id)}>
          {say('selfTest')}
        </Button>
      ) : null}
      {round && round.tests.length > 0 ? (
        <>
          <Button href={`${gradingPath}/rounds/${round.id}/report.csv`}>{say('csv')}</Button>
          <Button href={`${gradingPath}/rounds/${round.id}/report.pdf`}>{say('pdf')}</Button>
        </>
      ) : null}
      {error ? (
        <span className="x-red" role="alert">
          <FailureText error={error} />
        </span>
      ) : null}
    </>
  )
}

export function RoundScreen({ round }: { readonly round: Round }) {
  const say = useWords(gradingWords)
  const { search, setSearch } = useScreen()
  const columns = useColumns()
  const chosen = round.gaps.find(({ control }) => control === search.get('gap'))
  return (
    <>
      <Tests round={round} />
      <div className="compliance-body">
        <div className="compliance-list">
          <DataGrid
            name="compliance.gaps"
            label={say('gaps')}
            rows={round.gaps}
            columns={columns}
            keyOf={({ control }) => control}
            selectedKey={chosen?.control}
            onSelect={({ control }) => setSearch({ gap: control })}
            onOpen={({ control }) => setSearch({ gap: control })}
            drawNarrow={(gap) => <NarrowGap gap={gap} />}
            empty={<Empty title={say('noGaps')}>{say('noGapsHelp')}</Empty>}
          />
        </div>
        {chosen ? (
          <GapDetail
            key={chosen.control}
            gap={chosen}
            round={round}
            onClose={() => setSearch({ gap: undefined })}
          />
        ) : null}
      </div>
    </>
  )
}

function Tests({ round }: { readonly round: Round }) {
  const say = useWords(gradingWords)
  const times = useTimes()
  return (
    <section className="compliance-tests" aria-label={say('selfTests')}>
      {round.tests.length === 0 ? say('noTests') : null}
      <ol>
        {round.tests.map(({ number, at, counts }) => (
          <li key={number} data-self-test={number}>
            {say('testLine', {
              ...{ number, time: times.moment(at), pass: counts.pass, fail: counts.fail },
              none: counts['not-yet'],
            })}
          </li>
        ))}
      </ol>
      {round.conclusion ? (
        <strong data-conclusion={round.conclusion}>
          {say('conclusion')}: {say(round.conclusion)} · {round.assessor} · {round.reportNumber} ·{' '}
          {times.moment(round.assessed)}
        </strong>
      ) : (
        <span className="x-quiet">{say('notAssessed')}</span>
      )}
    </section>
  )
}

/** A sign and a word, never colour alone. */
export function GapMark({ gap }: { readonly gap: Gap }) {
  const say = useWords(gradingWords)
  const [sign, tone] = signs[gap.state]
  const isLate = gap.task?.isOverdue === true && gap.state === 'planned'
  return (
    <span className={`compliance-state ${isLate ? 'x-red' : tone}`}>
      {sign} {isLate ? `${say('overdue')} · ` : ''}
      {say(gap.state)}
    </span>
  )
}

function NarrowGap({ gap }: { readonly gap: Gap }) {
  const { language } = useLook()
  return (
    <div className="compliance-narrow">
      <div>
        <strong className="x-cut">
          {gap.control} {gap.title[language]}
        </strong>
        <GapMark gap={gap} />
      </div>
      <div className="x-quiet">
        <span className="x-cut">{gap.task?.owner ?? gap.latest.evidence[language]}</span>
        <span>{gap.task?.due ?? ''}</span>
      </div>
    </div>
  )
}

function useColumns(): readonly Column<Gap>[] {
  const say = useWords(gradingWords)
  const { language } = useLook()
  return [
    {
      key: 'control',
      title: say('control'),
      widthPx: 330,
      draw: ({ control, title }) => `${control} ${title[language]}`,
      sortBy: ({ control }) => control,
    },
    { key: 'state', title: say('state'), widthPx: 190, draw: (gap) => <GapMark gap={gap} /> },
    { key: 'owner', title: say('owner'), widthPx: 120, draw: ({ task }) => task?.owner ?? '' },
    {
      key: 'due',
      title: say('due'),
      widthPx: 110,
      draw: ({ task }) => task?.due ?? '',
      sortBy: ({ task }) => task?.due ?? '',
    },
    { key: 'todo', title: say('todo'), widthPx: 330, draw: ({ todo }) => todo[language] },
  ]
}
