/** Verdicts on codes of bindings, remembered: a hospital writes the same few thousand codes all day. */
import type { EventLog, TenantId } from '@xinglin/events'
import { OutcomeError } from '@xinglin/fhir'
import { canonicalOf } from '../find/canonical.ts'
import { createKept } from '../find/kept.ts'
import type { Verdict } from './member.ts'

/** Some 300 bytes each. */
const keptVerdicts = 100_000
const changing = new Set(['CodeSystem', 'ValueSet'])

type AskedCode = {
  readonly valueSet: string
  readonly system?: string
  readonly code: string
  readonly display?: string
}

export interface Verdicts {
  /** Undefined where the value set or one of its systems is not known here. */
  of(
    tenant: TenantId,
    asked: AskedCode,
    judge: (valueSet: { readonly url: string; readonly version?: string }) => Promise<Verdict>,
  ): Promise<Verdict | undefined>
}

type Remembered = { readonly verdict: Verdict | undefined }

export function createVerdicts(events: Pick<EventLog, 'follow'>): Verdicts {
  const known = createKept<Remembered>(keptVerdicts)
  let changes = 0
  events.follow((entries) => {
    if (!entries.some(({ resourceType }) => resourceType !== undefined && changing.has(resourceType))) return
    changes++
    known.clear()
  })
  return {
    async of(tenant, asked, judge) {
      const key = JSON.stringify([tenant, asked.valueSet, asked.system, asked.code, asked.display])
      const before = known.get(key)
      if (before) return before.verdict
      const changesBefore = changes
      const verdict = await judge(canonicalOf(asked.valueSet)).catch(unlessUnknown)
      // What was judged before a change may be wrong after it.
      if (changes === changesBefore) known.keep(key, { verdict }, 1)
      return verdict
    },
  }
}

const unknown = new Set(['terminology.unknown-value-set', 'terminology.unknown-system'])

function unlessUnknown(error: unknown): undefined {
  const code = error instanceof OutcomeError ? error.outcome.issue[0]?.details?.coding?.[0]?.code : undefined
  if (code === undefined || !unknown.has(code)) throw error
  return undefined
}
