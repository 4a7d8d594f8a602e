/** Whether somebody can sign in: a colour, a shape and a word. */
import { CheckCircleOutlined, KeyOutlined, LockOutlined, StopOutlined } from '@ant-design/icons'
import { useTimes, useWords } from '@xinglin/kit'
import type { PersonRow } from '../contract.ts'
import { administrationWords } from './administration-words.ts'

export function PersonState({ person, isLong }: { readonly person: PersonRow; readonly isLong?: boolean }) {
  const say = useWords(administrationWords)
  const times = useTimes()
  if (person.disabled)
    return (
      <span className="a-mark x-quiet">
        <StopOutlined aria-hidden />
        {say('disabled')}
      </span>
    )
  if (person.lockedUntil)
    return (
      <span className="a-mark x-amber">
        <LockOutlined aria-hidden />
        {isLong ? say('lockedUntil', { time: times.moment(person.lockedUntil) }) : say('locked')}
      </span>
    )
  if (person.mustChangePassword)
    return (
      <span className="a-mark x-blue">
        <KeyOutlined aria-hidden />
        {say('oneTime')}
      </span>
    )
  return (
    <span className="a-mark x-green">
      <CheckCircleOutlined aria-hidden />
      {say('active')}
    </span>
  )
}
