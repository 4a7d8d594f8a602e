/** What is a code elsewhere (R4 conceptmap-operation-translate), and which maps are held? */
import { Answered, Empty, useScreen, useWords } from '@xinglin/kit'
import { useState } from 'react'
import { words } from '../words.ts'
import { MapList } from './map-list.tsx'
import { TranslateForm } from './translate-form.tsx'
import { Translations } from './translations.tsx'
import { type Question, questionIn, useTranslations } from './use-translations.ts'

export function Translate() {
  const say = useWords(words)
  const { search, setSearch } = useScreen()
  const [asked, setAsked] = useState<Question | undefined>(() => questionIn(search))
  const answer = useTranslations(asked)
  const ask = (question: Question) => {
    setAsked(question)
    setSearch({
      system: question.system,
      code: question.code,
      target: question.target,
      direction: question.isReverse ? 'backward' : undefined,
    })
  }
  return (
    <div className="term-translate">
      <div className="term-form">
        <TranslateForm
          first={asked}
          onAsk={ask}
          isRunning={asked !== undefined && answer.state === 'loading'}
        />
      </div>
      <div className="term-found">
        <div className="term-scroll">
          {asked ? (
            <Answered answer={answer}>{(found) => <Translations found={found} asked={asked} />}</Answered>
          ) : (
            <Empty title={say('notAsked')}>{say('notAskedHelp')}</Empty>
          )}
          <MapList />
        </div>
      </div>
    </div>
  )
}
