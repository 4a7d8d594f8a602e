/** Language and tone, one press each. */
import { GlobalOutlined, MoonOutlined, SunOutlined } from '@ant-design/icons'
import { useLook, useWords } from '@xinglin/kit'
import { Button } from 'antd'
import { shellWords } from './shell-words.ts'

export function LanguageButton() {
  const say = useWords(shellWords)
  const { language, setLanguage } = useLook()
  return (
    <Button
      type="text"
      size="small"
      icon={<GlobalOutlined />}
      title={say('language')}
      onClick={() => setLanguage(language === 'zh' ? 'en' : 'zh')}
    >
      {language === 'zh' ? 'EN' : '中文'}
    </Button>
  )
}

export function ToneButton() {
  const say = useWords(shellWords)
  const { tone, setTone } = useLook()
  const next = tone === 'dark' ? 'light' : 'dark'
  return (
    <Button
      type="text"
      size="small"
      icon={next === 'dark' ? <MoonOutlined /> : <SunOutlined />}
      title={say(next)}
      aria-label={say(next)}
      onClick={() => setTone(next)}
    />
  )
}
