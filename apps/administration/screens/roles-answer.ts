/** Roles as the screens ask for them: for titles beside people, and for choosing. */
import { useAsk, useLook } from '@xinglin/kit'
import type { RoleRow, RolesAnswer } from '../contract.ts'

export const rolesPath = '/api/administration/roles'

/** All roles, and the title of one in the language of the page (its id while it is not known). */
export function useRoles(): {
  readonly roles: readonly RoleRow[]
  readonly titleOf: (id: string) => string
  readonly titlesOf: (ids: readonly string[]) => string
} {
  const { language } = useLook()
  const answer = useAsk<RolesAnswer>(rolesPath, { staleAfterMs: 60_000 })
  const roles = answer.state === 'ready' ? answer.data.roles : []
  const titleOf = (id: string) => roles.find((role) => role.id === id)?.title[language] ?? id
  const titlesOf = (ids: readonly string[]) => ids.map(titleOf).join(language === 'zh' ? '、' : ', ')
  return { roles, titleOf, titlesOf }
}
