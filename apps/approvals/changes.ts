/** What a proposal changes, as what stood and what is to stand: flat, so that people compare line by line. */
import type { Proposal } from '@xinglin/identity'
import type { ProposedChange } from './contract.ts'

/** Of an account or client these are shown to say whom it concerns; they do not change. */
const names = ['id', 'login', 'display']

/** Lines that differ. */
export function changesOf({
  kind,
  before,
  after,
}: Pick<Proposal, 'kind' | 'before' | 'after'>): readonly ProposedChange[] {
  const from = flat(wholeOf(before))
  const to = flat(aimOf(kind, wholeOf(after)))
  const isRemoval = kind.endsWith('.remove')
  const all = isRemoval ? from.keys() : to.keys()
  return [...all].flatMap((what): readonly ProposedChange[] => {
    if (names.includes(what)) return []
    const was = from.get(what)
    const becomes = isRemoval ? undefined : to.get(what)
    if (was === becomes) return []
    return [{ what, ...(was ? { before: was } : {}), ...(becomes ? { after: becomes } : {}) }]
  })
}

/** Whom or what a proposal concerns: a name and a login, an id else. */
export function subjectOf({ subject, before }: Pick<Proposal, 'subject' | 'before'>): string {
  const { display, login } = before
  if (typeof display === 'string' && typeof login === 'string') return `${display} (${login})`
  return typeof display === 'string' ? display : subject.id
}

type Members = Readonly<Record<string, unknown>>

/** A policy or a role stands inside a member of its name. */
function wholeOf(members: Members): Members {
  const inner = members.policy ?? members.role
  return typeof inner === 'object' && inner !== null ? { ...inner } : members
}

/** Acts that change without saying to what. */
function aimOf(kind: Proposal['kind'], members: Members): Members {
  if (kind === 'clients.enable') return { isDisabled: false }
  if (kind === 'separation.end') return { isSeparate: false }
  return members
}

function flat(members: Members): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(members).flatMap(([name, value]): readonly [string, string][] =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.entries(value).map(([inner, text]) => [`${name}.${inner}`, shown(text)])
        : [[name, shown(value)]],
    ),
  )
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.map(shown).join(', ')
  // A group and its role.
  if (typeof value === 'object' && value !== null) return Object.values(value).map(shown).join(' → ')
  return typeof value === 'string' ? value : JSON.stringify(value)
}
