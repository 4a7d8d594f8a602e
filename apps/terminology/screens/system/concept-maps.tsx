/** What a code is in other systems, and which of their codes become it. */
import { Go, useWords } from '@xinglin/kit'
import { type MapRow, systemAddress } from '../../contract.ts'
import { Equivalence } from '../equivalence.tsx'
import { shortUrl } from '../names.ts'
import { words } from '../words.ts'

export function ConceptMaps({ maps }: { readonly maps: readonly MapRow[] | undefined }) {
  const say = useWords(words)
  if (maps === undefined) return <p className="x-quiet">{say('noMapsRight')}</p>
  if (maps.length === 0) return <p className="x-quiet">{say('noMaps')}</p>
  return (
    <table className="term-table">
      <thead>
        <tr>
          <th>{say('direction')}</th>
          <th>{say('code')}</th>
          <th>{say('equivalence')}</th>
          <th>{say('map')}</th>
        </tr>
      </thead>
      <tbody>
        {maps.map(({ direction, equivalence, system, code, display, map }) => (
          <tr key={`${direction} ${map} ${system} ${code}`}>
            <td>{say(direction === 'to' ? 'mapTo' : 'mapFrom')}</td>
            <td>
              {system && code ? (
                <Go to={systemAddress(system, undefined, code)}>
                  <span className="term-code">{code}</span> {display}
                </Go>
              ) : (
                (code ?? '—')
              )}
              {system ? <div className="x-quiet">{shortUrl(system)}</div> : null}
            </td>
            <td>
              <Equivalence equivalence={equivalence} />
            </td>
            <td className="x-quiet">{map ? shortUrl(map) : ''}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
