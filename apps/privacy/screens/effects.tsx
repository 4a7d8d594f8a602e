/** What each role does not see now, and which consent refuses it. */
import { useLook, useWords } from '@xinglin/kit'
import type { ConsentEffectRow } from '../contract.ts'
import { useCodeWord } from './rule-sentence.ts'
import { words } from './words.ts'

export function Effects({ effects }: { readonly effects: readonly ConsentEffectRow[] }) {
  const say = useWords(words)
  const word = useCodeWord()
  const { language } = useLook()
  return (
    <section className="privacy-part" aria-label={say('effect')}>
      <h2>{say('effect')}</h2>
      <p className="x-quiet">{say('effectHelp')}</p>
      {effects.length === 0 ? (
        <p>{say('noEffect')}</p>
      ) : (
        <div className="privacy-scroll">
          <table className="privacy-table">
            <thead>
              <tr>
                <th>{say('role')}</th>
                <th>{say('kind')}</th>
                <th>{say('resources')}</th>
                <th>{say('refusedBy')}</th>
              </tr>
            </thead>
            <tbody>
              {effects.map(({ role, title, consent, type, resources }) => (
                <tr key={`${role} ${consent} ${type}`}>
                  <td>{title[language]}</td>
                  <td>{word('Type', type)}</td>
                  <td className="x-number">{resources}</td>
                  <td>
                    <code>Consent/{consent}</code>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}
