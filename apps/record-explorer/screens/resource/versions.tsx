/** Every version with who, when and by which message; any two beside each other. */
import { messageAddress } from '@xinglin/integration/contract'
import { Go, useScreen, useTimes, useWords } from '@xinglin/kit'
import { Button, Radio } from 'antd'
import type { VersionRow } from '../../contract.ts'
import { explorerWords } from '../explorer-words.ts'
import { Interaction } from '../interaction.tsx'
import { Difference } from './difference.tsx'

type Props = {
  readonly of: string
  readonly versions: readonly VersionRow[]
  readonly more: (() => void) | undefined
}

export function VersionsPart({ of, versions, more }: Props) {
  const say = useWords(explorerWords)
  const { search, setSearch } = useScreen()
  const withContent = versions.filter(({ interaction }) => interaction !== 'delete')
  const numberIn = (name: string, usual: number | undefined) => {
    const asked = Number(search.get(name))
    return withContent.some(({ version }) => version === asked) ? asked : usual
  }
  const to = numberIn('to', withContent[0]?.version)
  const from = numberIn('from', withContent[1]?.version)
  return (
    <div className="rx-versions">
      <div className="rx-version-list">
        <table className="rx-table">
          <thead>
            <tr>
              <th>{say('old')}</th>
              <th>{say('new')}</th>
              <th>{say('version')}</th>
              <th>{say('act')}</th>
              <th>{say('when')}</th>
              <th>{say('who')}</th>
            </tr>
          </thead>
          <tbody>
            {versions.map((row) => (
              <VersionLine
                key={row.version}
                row={row}
                from={from}
                to={to}
                onChoose={(side) => setSearch({ [side]: String(row.version) })}
                onOpen={() => setSearch({ version: String(row.version), part: 'readable' })}
              />
            ))}
          </tbody>
        </table>
        {more ? (
          <Button size="small" onClick={more}>
            {say('moreVersions')}
          </Button>
        ) : null}
      </div>
      <div className="rx-difference">
        {from === undefined || to === undefined ? (
          <p className="x-quiet rx-pad">{say('nothingToCompare')}</p>
        ) : (
          <Difference of={of} from={Math.min(from, to)} to={Math.max(from, to)} />
        )}
      </div>
    </div>
  )
}

type LineProps = {
  readonly row: VersionRow
  readonly from: number | undefined
  readonly to: number | undefined
  readonly onChoose: (side: 'from' | 'to') => void
  readonly onOpen: () => void
}

function VersionLine({ row, from, to, onChoose, onOpen }: LineProps) {
  const say = useWords(explorerWords)
  const times = useTimes()
  const hasContent = row.interaction !== 'delete'
  const choice = (side: 'from' | 'to', chosen: number | undefined) =>
    hasContent ? (
      <Radio
        checked={chosen === row.version}
        aria-label={say(side === 'from' ? 'asOld' : 'asNew', { version: row.version })}
        onChange={() => onChoose(side)}
      />
    ) : null
  return (
    <tr>
      <td>{choice('from', from)}</td>
      <td>{choice('to', to)}</td>
      <td>
        <Button type="link" size="small" onClick={onOpen}>
          {row.version}
        </Button>
      </td>
      <td>
        <Interaction interaction={row.interaction} />
      </td>
      <td className="x-number">{times.full(row.at)}</td>
      <td>
        {row.actorDisplay ?? row.actor ?? <span className="x-quiet">{say('platform')}</span>}
        {row.message ? (
          <>
            {' '}
            <Go to={messageAddress(row.message.id)}>
              {row.message.sender} · {row.message.subject.split(/[ /]/, 2).join(' ')}
            </Go>
          </>
        ) : null}
      </td>
    </tr>
  )
}
