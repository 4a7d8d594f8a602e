/** A sign-in that is under way at a provider (RFC 9700 §2.1, §4.7: state bound to the browser that began it, used once). */
import { sql } from '@xinglin/database'
import { epochMs, instantOf, unauthenticated } from '@xinglin/fhir'
import { digest, isSameDigest, newSecret } from '../secrets.ts'
import type { UpstreamParts } from './create-upstream.ts'
import { sealed, unsealed } from './seal.ts'
import type { Flow, Upstream } from './upstream.ts'

/** To type a password and find a phone at the provider, ms. */
const flowLifeMs = 10 * 60_000

export function createFlows({
  database,
  runtime,
  keys,
}: UpstreamParts): Pick<Upstream, 'beginFlow' | 'takeFlow'> {
  return {
    async beginFlow(provider, flow) {
      const state = newSecret()
      const browser = newSecret()
      const at = runtime.now()
      const ends = instantOf(epochMs(at) + flowLifeMs, runtime.timeZone)
      const kept = await sealed(keys, 'flow', provider, JSON.stringify(flow))
      await database.query(sql`
        with over as (delete from upstream.flow where ends < ${at}::timestamptz)
        insert into upstream.flow (state_hash, provider, browser_hash, sealed, ends)
        values (${digest(state)}, ${provider}, ${digest(browser)}, ${kept}, ${ends})`)
      return { state, browser }
    },
    async takeFlow(provider, { state, browser }) {
      const [row] = await database.query(sql<{ provider: string; browser: Buffer; sealed: string }>`
        delete from upstream.flow
        where state_hash = ${digest(state)} and ends > ${runtime.now()}::timestamptz
        returning provider, browser_hash as browser, sealed`)
      const isOurs = row?.provider === provider && browser !== undefined
      if (!isOurs || !isSameDigest(row.browser, digest(browser))) throw unknownState()
      return JSON.parse(await unsealed(keys, 'flow', provider, row.sealed)) as Flow
    },
  }
}

function unknownState() {
  return unauthenticated('this sign-in was begun elsewhere, too long ago, or is already used: begin again', {
    code: 'upstream.state',
  })
}
