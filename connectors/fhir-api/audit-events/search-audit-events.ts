/**
 * `GET AuditEvent`: the audit trail by the search parameters of R4 §auditevent, newest first, page after page. A view: for
 * those who may read the trail, decided and audited as any look at it; parameters that it does not know are refused.
 */
import { instantOf, invalid, notAllowed, notFound } from '@xinglin/fhir'
import { dateRange } from '@xinglin/fhir/search'
import type { Actor, AuditFilter, Identity } from '@xinglin/identity'
import { actorSystem, auditEvent } from '@xinglin/identity/audit'
import { bundleText, type Link } from '../bundles/text.ts'
import type { Answer } from '../http/answer.ts'
import { type FhirRequest, queryText } from '../http/request.ts'

const usualCount = 50
const mostCount = 1_000

type Trail = Pick<Identity, 'auditTrail'>
type Zone = { readonly timeZone: string }
type Draft = { -readonly [Key in keyof AuditFilter]: AuditFilter[Key] } & { count: number; before?: string }

/** A page of the trail as searchset. */
export async function searchAuditEvents(
  { auditTrail }: Trail,
  request: FhirRequest,
  zone: Zone,
): Promise<Answer> {
  const { baseUrl, query, actor } = request
  const { count, ...filter } = filterOf(query, zone)
  const { entries, next } = await auditTrail.list(actor, { ...filter, limit: count })
  const asked = query.filter(([name]) => name !== 'before')
  const linkTo = (relation: Link['relation'], of: FhirRequest['query']): Link => ({
    relation,
    url: of.length === 0 ? `${baseUrl}/AuditEvent` : `${baseUrl}/AuditEvent?${queryText(of)}`,
  })
  const links = [linkTo('self', asked), ...(next ? [linkTo('next', [...asked, ['before', next]])] : [])]
  const texts = entries.map((entry) =>
    JSON.stringify({
      fullUrl: `${baseUrl}/AuditEvent/${entry.id}`,
      resource: auditEvent(entry),
      search: { mode: 'match' },
    }),
  )
  return { status: 200, body: bundleText({ type: 'searchset', links, entries: texts }) }
}

/** One entry. */
export async function readAuditEvent({ auditTrail }: Trail, actor: Actor, id: string): Promise<Answer> {
  const { entries } = /^\d{1,18}$/.test(id)
    ? await auditTrail.list(actor, { id, limit: 1 })
    : await auditTrail.list(actor, { id: '0', limit: 1 })
  const [entry] = entries
  if (!entry) throw notFound('there is no such AuditEvent', { code: 'fhir-api.not-found' })
  return { status: 200, body: JSON.stringify(auditEvent(entry)) }
}

/** Entries are left by what is done, never written by anybody. */
export function refuseWriting(): never {
  throw notAllowed('AuditEvent shows the audit trail, which nobody writes or changes: read and search it', {
    code: 'fhir-api.audit-event',
  })
}

type Reader = (value: string, draft: Draft, zone: Zone) => void

const readers: Readonly<Record<string, Reader>> = {
  patient: (value, draft) => {
    draft.patient = idIn(value, 'Patient')
  },
  agent: (value, draft) => {
    draft.actor = value
  },
  'agent:identifier': (value, draft) => {
    const [system, code = ''] = value.split('|')
    if (system !== actorSystem) throw wrong('agent:identifier', `has ${actorSystem}|user/1`)
    draft.actor = code
  },
  date: readDate,
  action: (value, draft) => {
    const code = (['C', 'R', 'U', 'D', 'E'] as const).find((each) => each === value)
    if (!code) throw wrong('action', 'is C, R, U, D or E')
    draft.actionCode = code
  },
  subtype: (value, draft) => {
    draft.action = value.slice(value.indexOf('|') + 1)
  },
  outcome: (value, draft) => {
    const outcome = outcomes[value.slice(value.indexOf('|') + 1)]
    if (!outcome) throw wrong('outcome', 'is 0, 4 or 8')
    draft.outcome = outcome
  },
  entity: (value, draft) => {
    const [resourceType, resourceId] = value.split('/').slice(-2)
    if (!resourceType || !resourceId) throw wrong('entity', 'is a reference such as Observation/1')
    draft.resourceType = resourceType
    draft.resourceId = resourceId
  },
  _id: (value, draft) => {
    draft.id = /^\d{1,18}$/.test(value) ? value : '0'
  },
  _count: (value, draft) => {
    const count = Number(value)
    if (!Number.isInteger(count) || count < 1)
      throw wrong('_count', `is a whole number from 1 to ${mostCount}`)
    draft.count = Math.min(count, mostCount)
  },
  _sort: (value) => {
    if (value !== '-date') throw wrong('_sort', 'is -date: the trail is read newest first')
  },
  before: (value, draft) => {
    draft.before = value
  },
}

const outcomes: Readonly<Record<string, AuditFilter['outcome']>> = { 0: 'allowed', 4: 'refused', 8: 'failed' }

function filterOf(query: FhirRequest['query'], zone: Zone): Draft {
  const draft: Draft = { count: usualCount }
  const seen = new Set<string>()
  for (const [name, value] of query) {
    const reader = Object.hasOwn(readers, name) ? readers[name] : undefined
    if (!reader || (seen.has(name) && name !== 'date'))
      throw wrong(name, `cannot be asked here; known are ${Object.keys(readers).join(', ')}, each once`)
    seen.add(name)
    reader(value, draft, zone)
  }
  return draft
}

/** `ge2026-03-01`, `lt…`; several are joined. */
function readDate(value: string, draft: Draft, { timeZone }: Zone): void {
  const [, prefix = 'eq', date = ''] = /^(eq|ge|gt|le|lt)?(.+)$/.exec(value) ?? []
  const range = dateRange(date, timeZone)
  if (!range) throw wrong('date', 'is a date or instant behind eq, ge, gt, le or lt')
  const [low, high] = [instantOf(range.lowMs, timeZone), instantOf(range.highMs, timeZone)]
  if (prefix === 'eq' || prefix === 'ge') draft.from = low
  if (prefix === 'gt') draft.from = high
  if (prefix === 'eq' || prefix === 'le') draft.until = high
  if (prefix === 'lt') draft.until = low
}

function idIn(value: string, type: string): string {
  const id = value.startsWith(`${type}/`) ? value.slice(type.length + 1) : value
  if (!/^[A-Za-z0-9\-.]{1,64}$/.test(id)) throw wrong('patient', 'is the id of a Patient, or Patient/id')
  return id
}

function wrong(at: string, what: string) {
  return invalid(`${at} ${what}`, { code: 'fhir-api.audit-event-search', at })
}
