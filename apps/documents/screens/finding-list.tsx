/** What breaks which rule, and where. */
import { useLook, useWords } from '@xinglin/kit'
import type { FindingLine } from '../contract.ts'
import { words } from './words.ts'

export function FindingList({ findings }: { readonly findings: readonly FindingLine[] }) {
  const say = useWords(words)
  const { language } = useLook()
  if (findings.length === 0) return <p>{say('noFindings')}</p>
  return (
    <div className="documents-scroll">
      <table className="documents-findings">
        <thead>
          <tr>
            <th>{say('severity')}</th>
            <th>{say('rule')}</th>
            <th>{say('line')}</th>
            <th>{say('place')}</th>
          </tr>
        </thead>
        <tbody>
          {findings.map(({ rule, words: said, severity, path, line, what }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: one rule may be broken twice in one place.
            <tr key={index} data-rule={rule}>
              <td className={severity === 'error' ? 'x-red' : ''}>
                {severity === 'error' ? say('error') : say('warning')}
              </td>
              <td>
                {said[language]} {what ? <code>{what}</code> : null}
              </td>
              <td>{line || '–'}</td>
              <td>
                <code>{path}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
