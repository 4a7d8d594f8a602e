/** The maps that are held: from where, to where, how many codes. */
import { Answered, Go, useAsk, useWords } from '@xinglin/kit'
import { resourceAddress } from '@xinglin/record-explorer/contract'
import type { HoldingsAnswer } from '../../contract.ts'
import { keyOf, titleOf } from '../holdings.tsx'
import { shortUrl } from '../names.ts'
import { words } from '../words.ts'

export function MapList() {
  const say = useWords(words)
  const answer = useAsk<HoldingsAnswer>('/api/terminology/concept-maps', { staleAfterMs: 60_000 })
  return (
    <section className="term-part" aria-label={say('mapsHeld')}>
      <h2>{say('mapsHeld')}</h2>
      <Answered answer={answer}>
        {({ held }) => (
          <table className="term-table">
            <thead>
              <tr>
                <th>{say('map')}</th>
                <th>{say('source')}</th>
                <th>{say('target')}</th>
                <th>{say('codes')}</th>
              </tr>
            </thead>
            <tbody>
              {held.map((row) => (
                <tr key={keyOf(row)}>
                  <td>
                    {row.id ? (
                      <Go to={resourceAddress('ConceptMap', row.id)}>{titleOf(row)}</Go>
                    ) : (
                      titleOf(row)
                    )}
                  </td>
                  <td title={row.source}>{row.source ? shortUrl(row.source) : ''}</td>
                  <td title={row.target}>{row.target ? shortUrl(row.target) : ''}</td>
                  <td className="x-number">{row.count}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Answered>
    </section>
  )
}
