/** Actions of the audit trail in the words of the page. */
import { type Text, useAsk, useLook, useWords } from '@xinglin/kit'
import { explorerWords } from './explorer-words.ts'

const actionWords = {
  read: 'actionRead',
  search: 'actionSearch',
  history: 'actionHistory',
  create: 'actionCreate',
  update: 'actionUpdate',
  delete: 'actionDelete',
  'sign-in': 'actionSignIn',
  'sign-out': 'actionSignOut',
  'password-change': 'actionPasswordChange',
  token: 'actionToken',
  'live.subscribe': 'actionLive',
  administration: 'actionAdministration',
  integration: 'actionIntegration',
  audit: 'actionAudit',
  privacy: 'actionPrivacy',
} as const

type AppsAnswer = {
  readonly apps: readonly { readonly permissionTitles: Readonly<Record<string, Text>> }[]
}

/** The word for an action: our own, else the title that the app gives to its permission, else the action as it stands. */
export function useActionWord(): (action: string) => string {
  const say = useWords(explorerWords)
  const { language } = useLook()
  const answer = useAsk<AppsAnswer>('/api/apps', { staleAfterMs: 300_000 })
  const apps = answer.state === 'ready' ? answer.data.apps : []
  return (action) => {
    if (isKnown(action)) return say(actionWords[action])
    const titled = apps.find(({ permissionTitles }) => Object.hasOwn(permissionTitles, action))
    return titled?.permissionTitles[action]?.[language] ?? action
  }
}

/** Actions to filter by; `administration` and `integration` cover all permissions of that app. */
export function useActionOptions(): readonly { readonly value: string; readonly label: string }[] {
  const say = useWords(explorerWords)
  return Object.entries(actionWords).map(([value, word]) => ({ value, label: say(word) }))
}

function isKnown(action: string): action is keyof typeof actionWords {
  return Object.hasOwn(actionWords, action)
}
