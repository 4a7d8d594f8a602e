/** The chain of a month, day by day: seals, entries, signed heads, what is missing, and until when it was verified. */
import { type Answer, Answered, Empty, useAsk, useScreen, useTimes, useWords } from '@xinglin/kit'
import { DatePicker } from 'antd'
import type { ProofDaysAnswer, VerificationRow, VerificationsAnswer } from '../contract.ts'
import { words } from './words.ts'

export function ProofDays({ verifications }: { readonly verifications: Answer<VerificationsAnswer> }) {
  const say = useWords(words)
  const { search, setSearch } = useScreen()
  const month = search.get('month')
  const answer = useAsk<ProofDaysAnswer>(`/api/audit/proof-days${month ? `?month=${month}` : ''}`)
  const runs = verifications.state === 'ready' ? verifications.data.verifications : []
  return (
    <section>
      <h2>{say('chain')}</h2>
      <p>
        <DatePicker
          picker="month"
          aria-label={say('month')}
          placeholder={say('thisMonth')}
          onChange={(picked) => setSearch({ month: picked?.format('YYYY-MM') })}
        />
      </p>
      <Answered answer={answer}>{(shown) => <Days shown={shown} runs={runs} />}</Answered>
    </section>
  )
}

type Props = { readonly shown: ProofDaysAnswer; readonly runs: readonly VerificationRow[] }

function Days({ shown, runs }: Props) {
  const say = useWords(words)
  if (shown.days.length === 0) return <Empty title={say('nothingSealed')} />
  return (
    <div className="audit-wide">
      <table className="audit-table">
        <thead>
          <tr>
            {(['day', 'seals', 'sealedEntries', 'signedHeads', 'gaps', 'lastVerified'] as const).map(
              (word) => (
                <th key={word}>{say(word)}</th>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {daysOf(shown).map((day) => (
            <Day key={day} day={day} shown={shown} run={runs.find((run) => covers(run, day, shown.today))} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

type DayProps = {
  readonly day: string
  readonly shown: ProofDaysAnswer
  readonly run: VerificationRow | undefined
}

function Day({ day, shown, run }: DayProps) {
  const say = useWords(words)
  const times = useTimes()
  const row = shown.days.find((each) => each.day === day)
  if (!row)
    return (
      <tr className="x-quiet">
        <td className="x-number">{day}</td>
        <td colSpan={5}>{say('nothingSealed')}</td>
      </tr>
    )
  const found = run?.result?.findings.filter(({ at }) => at?.startsWith(day)).length ?? 0
  return (
    <tr>
      <td className="x-number">{day}</td>
      <td className="x-number">{row.seals}</td>
      <td className="x-number">{row.entries}</td>
      <td>
        <Signed count={row.signed} />
      </td>
      <td className={row.missing ? 'x-red' : ''}>
        {row.missing ? `✗ ${say('missingSeals', { count: row.missing })}` : '✓'}
      </td>
      <td className={found > 0 ? 'x-red' : ''}>
        {run?.ended ? times.full(run.ended) : say('notVerified')}
        {found > 0 ? ` · ✗ ${say('broken', { count: found })}` : ''}
      </td>
    </tr>
  )
}

function Signed({ count }: { readonly count: number }) {
  const say = useWords(words)
  return count > 0 ? <>✓ {count}</> : <span className="x-amber">○ {say('unsigned')}</span>
}

/** Newest first, from the first on which something was sealed up to today. */
function daysOf({ month, today, days }: ProofDaysAnswer): readonly string[] {
  const first = days[0]?.day
  if (first === undefined) return []
  const [year = 0, number = 0] = month.split('-').map(Number)
  const last = new Date(Date.UTC(year, number, 0)).getUTCDate()
  return Array.from(
    { length: last },
    (_, place) => `${month}-${String(last - place).padStart(2, '0')}`,
  ).filter((day) => first <= day && day <= today)
}

/** Whether a finished verification has seen all of a day; of today, what there was of it. */
function covers({ state, at, from }: VerificationRow, day: string, today: string): boolean {
  if (state !== 'finished' || (from && from.slice(0, 10) >= day)) return false
  return at.slice(0, 10) > day || (day === today && at.slice(0, 10) === day)
}
