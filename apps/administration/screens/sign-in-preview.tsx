/** What groups would give, in words. */
import { useWords } from '@xinglin/kit'
import type { MappingPreview } from '../sign-in-contract.ts'
import { useRoles } from './roles-answer.ts'
import { signInWords } from './sign-in-words.ts'

export function PreviewText({ preview }: { readonly preview: MappingPreview }) {
  const say = useWords(signInWords)
  const { titlesOf } = useRoles()
  const { roles, withheld, unmapped } = preview
  return (
    <div role="status">
      <p>{say('wouldGive', { roles: titlesOf(roles.map(({ role }) => role)) || say('none') })}</p>
      {withheld.length > 0 ? (
        <p className="x-amber">{say('wouldWithhold', { roles: titlesOf(withheld) })}</p>
      ) : null}
      {unmapped.length > 0 ? (
        <p className="x-quiet">{say('wouldIgnore', { groups: unmapped.join(' · ') })}</p>
      ) : null}
    </div>
  )
}
