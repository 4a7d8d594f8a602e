/** Entries of the audit trail as what a patient asks: who opened my record, when, and what of it (个人信息保护法 Art. 44, 45). */
import { epochMs } from '@xinglin/fhir'
import type { AuditEntry } from '../../identity.ts'

/** Looks of one person that lie closer together are one opening. */
const pauseMs = 15 * 60_000

type Text = { readonly zh: string; readonly en: string }

/** One person's look at the record: what he did within a quarter of an hour. */
export type Opening = {
  readonly from: string
  readonly until: string
  readonly who:
    | { readonly kind: 'self' }
    /** Somebody with an account of the patients' realm: whom the patient, or the law for his child, lets see. */
    | { readonly kind: 'relative'; readonly name: string }
    | {
        readonly kind: 'staff'
        /** Masked: a colleague's name is his own (个人信息保护法 Art. 6); his work is told. */
        readonly name: string
        readonly roles: readonly Text[]
        readonly departments: readonly string[]
      }
    /** A machine of the hospital. */
    | { readonly kind: 'system'; readonly name: string }
    | { readonly kind: 'platform' }
  /** Name of the app through which he looked. */
  readonly app?: string
  readonly actions: readonly ('looked' | 'changed' | 'other')[]
  readonly types: readonly string[]
  readonly accesses: number
  /** A code of v3 PurposeOfUse; absent for treatment. */
  readonly purpose?: string
  /** Nothing was shown. */
  readonly isRefused: boolean
}

type Who = Opening['who']
/** What is known of the one who acted. */
export type WhoOf = (entry: Pick<AuditEntry, 'actor' | 'actorDisplay'>) => Who
export type AppOf = (client: string) => string

type Gathered = Omit<Opening, 'actions' | 'types'> & {
  readonly key: string
  readonly actions: ReadonlySet<Opening['actions'][number]>
  readonly types: ReadonlySet<string>
}

/** Openings, newest first, from entries in the same order. */
export function openingsOf(
  entries: readonly AuditEntry[],
  { whoOf, appOf }: { readonly whoOf: WhoOf; readonly appOf: AppOf },
): readonly Opening[] {
  const gathered: Gathered[] = []
  const newest = new Map<string, number>()
  for (const entry of entries) {
    const key = [entry.actor, entry.client, entry.purpose, entry.outcome === 'refused'].join('\n')
    const at = newest.get(key)
    const before = at === undefined ? undefined : gathered[at]
    if (
      at !== undefined &&
      before &&
      epochMs(before.from as AuditEntry['at']) - epochMs(entry.at) <= pauseMs
    ) {
      gathered[at] = joined(before, entry)
      continue
    }
    newest.set(key, gathered.length)
    gathered.push(opened(key, entry, { whoOf, appOf }))
  }
  return gathered.map(({ key: _, actions, types, ...opening }) => ({
    ...opening,
    actions: [...actions].sort(),
    types: [...types].sort(),
  }))
}

function opened(
  key: string,
  entry: AuditEntry,
  { whoOf, appOf }: { readonly whoOf: WhoOf; readonly appOf: AppOf },
): Gathered {
  return {
    ...{ key, from: entry.at, until: entry.at, who: whoOf(entry), accesses: 1 },
    ...(entry.client ? { app: appOf(entry.client) } : {}),
    ...(entry.purpose ? { purpose: entry.purpose } : {}),
    actions: new Set([actionOf(entry)]),
    types: new Set(entry.resourceType ? [entry.resourceType] : []),
    isRefused: entry.outcome === 'refused',
  }
}

function joined(before: Gathered, entry: AuditEntry): Gathered {
  return {
    ...before,
    from: entry.at,
    accesses: before.accesses + 1,
    actions: new Set([...before.actions, actionOf(entry)]),
    types: new Set([...before.types, ...(entry.resourceType ? [entry.resourceType] : [])]),
  }
}

function actionOf({ action }: AuditEntry): Opening['actions'][number] {
  if (/^(?:read|search|history)$|\.(?:read|search|list|subscribe)$/.test(action)) return 'looked'
  return /^(?:create|update|delete)$/.test(action) ? 'changed' : 'other'
}
