/** Language, and letters that are easy to read. */
import { keep, kept, useLook, useWords } from '@xinglin/kit'
import { Button } from 'antd'
import { useLayoutEffect, useState } from 'react'
import { words } from '../words.ts'

export function LookChoice() {
  const say = useWords(words)
  const { language, setLanguage } = useLook()
  const [isLarge, setLarge] = useState(() => kept('my-record.large') === 'yes')
  useLayoutEffect(() => {
    document.documentElement.classList.toggle('my-record-large', isLarge)
    return () => document.documentElement.classList.remove('my-record-large')
  }, [isLarge])
  const change = () => {
    keep('my-record.large', isLarge ? 'no' : 'yes')
    setLarge(!isLarge)
  }
  return (
    <div className="my-record-look">
      <Button type="text" aria-pressed={isLarge} onClick={change}>
        {say('large')}
      </Button>
      <Button type="text" onClick={() => setLanguage(language === 'zh' ? 'en' : 'zh')}>
        {language === 'zh' ? 'English' : '中文'}
      </Button>
    </div>
  )
}
