/** A refusal in the words of a patient; what has no words of its own is told as everywhere. */
import { type AnswerError, FailureText, useWords } from '@xinglin/kit'
import { words } from '../words.ts'

const told = {
  'patients.phone': 'noPhone',
  'patients.no-texts': 'noTexts',
  'patients.too-many-codes': 'tooManyCodes',
  'patients.wrong-code': 'wrongCode',
  'patients.wrong-password': 'wrongPassword',
  'patients.document': 'wrongDocument',
  'patients.not-confirmed': 'notConfirmed',
  'patients.too-many-proofs': 'tooManyProofs',
  'patients.not-proved': 'notProved',
  'patients.other-document': 'otherDocument',
  'patients.phone-taken': 'phoneTaken',
  'patients.delegation': 'badDelegation',
  'identity.password-rule': 'weakPassword',
} as const

export function Failure({ error }: { readonly error: AnswerError | undefined }) {
  const say = useWords(words)
  if (!error) return null
  const key = Object.entries(told).find(([code]) => code === error.errorCode)?.[1]
  return (
    <div className="x-red my-record-failure" role="alert">
      {key ? <p>{say(key)}</p> : <FailureText error={error} />}
    </div>
  )
}
