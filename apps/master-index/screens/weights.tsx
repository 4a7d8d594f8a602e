/** The weights of one training: how often each level stands among one person and among two, and its bits. */
import { useWords } from '@xinglin/kit'
import type { TrainingRow } from '../contract.ts'
import { bitsText, fieldText, levelText } from './meanings.ts'
import { words } from './words.ts'

export function Weights({ training }: { readonly training: TrainingRow }) {
  const say = useWords(words)
  return (
    <div className="mi-scroll">
      <table className="mi-table">
        <thead>
          <tr>
            <th>{say('field')}</th>
            <th>{say('level')}</th>
            <th>{say('mShare')}</th>
            <th>{say('uShare')}</th>
            <th>{say('points')}</th>
          </tr>
        </thead>
        <tbody>
          {training.fields.flatMap(({ field, levels }) =>
            levels.map(({ level, m, u, bits }, index) => (
              <tr key={`${field} ${level}`}>
                <td>{index === 0 ? fieldText(say, field) : ''}</td>
                <td>{levelText(say, level)}</td>
                <td className="x-number">{shareText(m)}</td>
                <td className="x-number">{shareText(u)}</td>
                <td className="x-number">{bitsText(bits)}</td>
              </tr>
            )),
          )}
        </tbody>
      </table>
    </div>
  )
}

function shareText(share: number): string {
  return share < 0.001 ? share.toExponential(1) : share.toFixed(3)
}
