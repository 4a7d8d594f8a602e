/** The field of what is looked for, kept in the address; on a phone it waits to be touched before the keyboard covers the list. */
import { useIsNarrow, useTyped } from '@xinglin/kit'
import { Input } from 'antd'

/** Between two keys of a quick typist: questions about terminology are cheap and leave nothing behind. */
const typingPauseMs = 60

export function FindInput({ label }: { readonly label: string }) {
  const isNarrow = useIsNarrow()
  const [typed, setTyped] = useTyped('find', typingPauseMs)
  return (
    <Input
      autoFocus={!isNarrow}
      allowClear
      className="term-find"
      value={typed}
      placeholder={label}
      aria-label={label}
      onChange={({ target }) => setTyped(target.value)}
    />
  )
}
