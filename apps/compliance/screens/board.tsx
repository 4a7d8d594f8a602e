/** Which controls of level 3 does this installation hold to, by which evidence, and what is to be done? */
import { CheckOutlined, QuestionOutlined, StopOutlined } from '@ant-design/icons'
import { Answered, useAsk, useLook, useTimes, useWords } from '@xinglin/kit'
import { Button } from 'antd'
import { boardPath, type ControlBoard, type ControlRow, type ControlState } from '../contract.ts'
import { words } from './words.ts'
import './compliance.css'

const states: readonly ControlState[] = ['pass', 'fail', 'not-yet']
const looks = {
  pass: { icon: CheckOutlined, tone: 'x-quiet' },
  fail: { icon: StopOutlined, tone: 'x-red' },
  'not-yet': { icon: QuestionOutlined, tone: 'x-amber' },
} as const

export function BoardScreen() {
  const answer = useAsk<ControlBoard>(boardPath)
  return (
    <div className="compliance-page">
      <Answered answer={answer}>{(board) => <Board board={board} />}</Answered>
    </div>
  )
}

function Board({ board }: { readonly board: ControlBoard }) {
  const say = useWords(words)
  const times = useTimes()
  return (
    <>
      <div className="compliance-head">
        {states.map((state) => (
          <span key={state} className="compliance-tally" data-state={state}>
            <State state={state} /> {board.controls.filter((row) => row.state === state).length}
          </span>
        ))}
        <span className="x-quiet">
          {say('at')} {times.moment(board.at)}
        </span>
        <Button href={`${boardPath}.csv`}>{say('csv')}</Button>
        <Button href={`${boardPath}.pdf`}>{say('pdf')}</Button>
      </div>
      <p className="x-quiet">{say('help')}</p>
      <div className="compliance-scroll">
        <table className="compliance-table">
          <thead>
            <tr>
              {(['number', 'control', 'state', 'evidence', 'todo'] as const).map((column) => (
                <th key={column}>{say(column)}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {board.controls.map((row) => (
              <Control key={row.number} row={row} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}

function Control({ row }: { readonly row: ControlRow }) {
  const { language } = useLook()
  return (
    <tr data-control={row.number}>
      <td>{row.number}</td>
      <td>
        {row.title[language]}
        <div className="x-quiet">
          {row.clause} {row.family[language]}
        </div>
      </td>
      <td>
        <State state={row.state} />
      </td>
      <td>{row.evidence[language]}</td>
      <td>{row.todo[language]}</td>
    </tr>
  )
}

function State({ state }: { readonly state: ControlState }) {
  const say = useWords(words)
  const { icon: Icon, tone } = looks[state]
  return (
    <span className={`compliance-state ${tone}`}>
      <Icon aria-hidden /> {say(state)}
    </span>
  )
}
