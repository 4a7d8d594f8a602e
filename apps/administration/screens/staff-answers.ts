/** What the screens of staff ask for beside their own lists. */
import { useAsk } from '@xinglin/kit'
import type { StaffChoicesAnswer } from '../contract.ts'

export const staffPath = '/api/administration/staff'
/** What every act on a person or his positions changes. */
export const staffRefreshes = [staffPath, '/api/administration/people', '/api/administration/sessions']

/** Whoever administers people: all, or those of departments entrusted to him. */
export const readsPeople = ['administration.people.read', 'administration.department-people.read'] as const
export const writesPeople = ['administration.people.write', 'administration.department-people.write'] as const

const none: StaffChoicesAnswer = { departments: [], locations: [], titles: [], roles: [] }

/** Places, titles and roles from which the one who asks may choose; empty while they are not known. */
export function useChoices(): StaffChoicesAnswer {
  const answer = useAsk<StaffChoicesAnswer>(`${staffPath}/choices`, { staleAfterMs: 60_000 })
  return answer.state === 'ready' ? answer.data : none
}
