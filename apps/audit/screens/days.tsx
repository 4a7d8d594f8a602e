/** How far back; it lives in the address. */
import { useScreen, useWords } from '@xinglin/kit'
import { Segmented } from 'antd'
import { words } from './words.ts'

const choices = [
  { value: '1', word: 'lastDay' },
  { value: '7', word: 'lastWeek' },
  { value: '31', word: 'lastMonth' },
] as const

export function useDays(): string {
  const { search } = useScreen()
  return choices.find(({ value }) => value === search.get('days'))?.value ?? '7'
}

export function DaysChoice() {
  const say = useWords(words)
  const { setSearch } = useScreen()
  return (
    <Segmented
      value={useDays()}
      options={choices.map(({ value, word }) => ({ value, label: say(word) }))}
      onChange={(days) => setSearch({ days, chosen: undefined })}
    />
  )
}
