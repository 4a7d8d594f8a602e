/** Why: the word of a purpose of use, or its code where we have none. */
import { useWords } from '@xinglin/kit'
import { purposes } from './explorer-filters.tsx'
import { explorerWords } from './explorer-words.ts'

export function PurposeWord({ purpose = 'TREAT' }: { readonly purpose?: string | undefined }) {
  const say = useWords(explorerWords)
  const known = purposes.find((each) => each === purpose)
  return known ? say(known) : purpose
}
