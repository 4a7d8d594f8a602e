/** What the maps say about a code: how each target stands to it, and by which map. */
import { Empty, Go, useWords } from '@xinglin/kit'
import { systemAddress } from '../../contract.ts'
import { Equivalence } from '../equivalence.tsx'
import { shortUrl } from '../names.ts'
import { words } from '../words.ts'
import type { Found, Question } from './use-translations.ts'

type Props = { readonly found: readonly Found[]; readonly asked: Question }

export function Translations({ found, asked }: Props) {
  const say = useWords(words)
  if (found.length === 0) return <Empty title={say('noTranslation')}>{say('noTranslationHelp')}</Empty>
  return (
    <section aria-label={say('translations')}>
      <h2>
        <span className="term-code">{asked.code}</span> · {shortUrl(asked.system)}
      </h2>
      <table className="term-table">
        <thead>
          <tr>
            <th>{say('equivalence')}</th>
            <th>{say('code')}</th>
            <th>{say('system')}</th>
            <th>{say('map')}</th>
          </tr>
        </thead>
        <tbody>
          {found.map(({ equivalence, system, code, display, map }) => (
            <tr key={`${map} ${system} ${code}`}>
              <td>
                <Equivalence equivalence={equivalence} />
              </td>
              <td>
                {system && code ? (
                  <Go to={systemAddress(system, undefined, code)}>
                    <span className="term-code">{code}</span> {display}
                  </Go>
                ) : (
                  (code ?? '—')
                )}
              </td>
              <td className="x-quiet" title={system}>
                {system ? shortUrl(system) : ''}
              </td>
              <td className="x-quiet" title={map}>
                {map ? shortUrl(map) : ''}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
