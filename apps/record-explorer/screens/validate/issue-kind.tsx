/** What kind of fault an issue is, in the language of the page; nothing where its code has no word here. */
import { useWords } from '@xinglin/kit'
import { issueWords } from './issue-words.ts'

export function IssueKind({ code }: { readonly code: string | undefined }) {
  const say = useWords(issueWords)
  return isKnown(code) ? <strong>{say(code)} · </strong> : null
}

function isKnown(code: string | undefined): code is keyof typeof issueWords.zh {
  return code !== undefined && Object.hasOwn(issueWords.zh, code)
}
