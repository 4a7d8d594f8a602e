/** Light or dark and Chinese or English for everything inside, kept in this browser. */
import { App, ConfigProvider } from 'antd'
import english from 'antd/locale/en_US'
import chinese from 'antd/locale/zh_CN'
import i18next from 'i18next'
import { createContext, type ReactNode, useContext, useLayoutEffect, useMemo, useState } from 'react'
import { I18nextProvider, initReactI18next } from 'react-i18next'
import { keep, kept } from './kept.ts'
import { antTheme, cssVariables, type Tone } from './theme.ts'
import './kit.css'

export type Language = 'zh' | 'en'

/** The calendar's own Chinese names come with a library of times that pages do not load. */
const calendarNames = {
  shortWeekDays: ['日', '一', '二', '三', '四', '五', '六'],
  shortMonths: Array.from({ length: 12 }, (_, month) => `${month + 1}月`),
}
const chineseParts = withCalendarNames(chinese)
export type Look = {
  readonly tone: Tone
  readonly language: Language
  setTone(tone: Tone): void
  setLanguage(language: Language): void
}

const LookContext = createContext<Look | undefined>(undefined)

/** Tone and language with the ways to change them; only inside `LookProvider`. */
export function useLook(): Look {
  const look = useContext(LookContext)
  if (!look) throw new Error('useLook is used outside LookProvider')
  return look
}

/** Theme and language for the whole page; stands once, at the root. */
export function LookProvider({ children }: { readonly children: ReactNode }) {
  const [tone, setTone] = useState<Tone>(firstTone)
  const [language, setLanguage] = useState<Language>(firstLanguage)
  const [speech] = useState(() => createSpeech(language))
  useLayoutEffect(() => wear(tone), [tone])
  useLayoutEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
    void speech.changeLanguage(language)
  }, [language, speech])
  const look = useMemo<Look>(
    () => ({
      tone,
      language,
      setTone: (next) => {
        keep('tone', next)
        setTone(next)
      },
      setLanguage: (next) => {
        keep('language', next)
        setLanguage(next)
      },
    }),
    [tone, language],
  )
  return (
    <LookContext value={look}>
      <I18nextProvider i18n={speech}>
        <ConfigProvider
          theme={antTheme(tone)}
          locale={language === 'zh' ? chineseParts : english}
          button={{ autoInsertSpace: false }}
        >
          <App component={false}>{children}</App>
        </ConfigProvider>
      </I18nextProvider>
    </LookContext>
  )
}

function withCalendarNames(locale: typeof chinese): typeof chinese {
  const { DatePicker } = locale
  return DatePicker
    ? { ...locale, DatePicker: { ...DatePicker, lang: { ...DatePicker.lang, ...calendarNames } } }
    : locale
}

function firstTone(): Tone {
  const choice = kept('tone')
  if (choice === 'light' || choice === 'dark') return choice
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
}

function firstLanguage(): Language {
  const choice = kept('language')
  if (choice === 'zh' || choice === 'en') return choice
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en'
}

function wear(tone: Tone): void {
  const root = document.documentElement
  root.dataset.tone = tone
  root.style.colorScheme = tone
  for (const [name, value] of cssVariables(tone)) root.style.setProperty(name, value)
}

function createSpeech(language: Language) {
  const speech = i18next.createInstance()
  void speech.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en',
    resources: {},
    keySeparator: false,
    nsSeparator: false,
    initAsync: false,
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
  })
  return speech
}
