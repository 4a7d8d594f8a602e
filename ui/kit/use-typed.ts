/** Text that is being typed into a filter: shown at once, asked for when the typing pauses. */
import { useEffect, useState } from 'react'
import { useScreen } from './screen.tsx'

/** Most questions leave an audit entry, so not every letter asks; a pause of this length is not felt. */
const usualPauseMs = 200

/** The typed text of a filter that lives in the address under `name`, and how to change it. */
export function useTyped(
  name: string,
  pauseMs = usualPauseMs,
): readonly [typed: string, setTyped: (text: string) => void] {
  const { search, setSearch } = useScreen()
  const kept = search.get(name) ?? ''
  const [typed, setTyped] = useState({ text: kept, from: kept })
  const text = typed.from === kept ? typed.text : kept
  useEffect(() => {
    if (text === kept) return
    const timer = setTimeout(() => setSearch({ [name]: text }), pauseMs)
    return () => clearTimeout(timer)
  }, [text, kept, name, pauseMs, setSearch])
  return [text, (next) => setTyped({ text: next, from: kept })]
}
