/** WebAuthn Level 2 §7: registering a passkey and verifying what it signed, by @simplewebauthn/server. */
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import { type Database, sql } from '@xinglin/database'
import { epochMs, instantOf, unauthenticated } from '@xinglin/fhir'
import type { Runtime } from '@xinglin/runtime'
import type { Site } from './factors.ts'

/** A person looks for the key and touches it within this time, ms. */
const challengeLifeMs = 3 * 60_000

type Options = { readonly database: Database; readonly runtime: Runtime }
type Owner = { readonly id: string; readonly login: string; readonly display: string }

export type PasskeyRow = {
  readonly id: string
  readonly account: string
  readonly credential: string
  readonly publicKey: Buffer
  readonly counter: number
}

/** Challenges are kept for one answer; keys and their counters lie with the account. */
export function createPasskeys({ database, runtime }: Options) {
  const keep = async (holder: string, challenge: string) => {
    const at = runtime.now()
    const ends = instantOf(epochMs(at) + challengeLifeMs, runtime.timeZone)
    await database.query(sql`
      with over as (delete from signin.challenge where ends < ${at}::timestamptz and holder <> ${holder})
      insert into signin.challenge (holder, challenge, ends)
      values (${holder}, ${challenge}, ${ends})
      on conflict (holder) do update set challenge = excluded.challenge, ends = excluded.ends`)
  }
  const take = async (holder: string) => {
    const [row] = await database.query(sql<{ challenge: string; isLive: boolean }>`
      delete from signin.challenge
      where holder = ${holder}
      returning challenge, ends > ${runtime.now()}::timestamptz as "isLive"`)
    if (row?.isLive) return row.challenge
    throw refused('this question to the passkey is over: ask again')
  }
  const credentialsOf = async (account: string) => {
    const rows = await database.query(sql<{ id: string }>`
      select credential as id
      from signin.factor
      where account = ${account} and kind = 'passkey'`)
    return [...rows]
  }
  return {
    async registration(holder: string, owner: Owner, { host }: Site): Promise<object> {
      const options = await generateRegistrationOptions({
        ...{ rpName: 'Xinglin', rpID: host, userName: owner.login, userDisplayName: owner.display },
        userID: new TextEncoder().encode(owner.id),
        excludeCredentials: await credentialsOf(owner.id),
        authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' },
      })
      await keep(holder, options.challenge)
      return options
    },
    /** The credential to keep. Throws `unauthenticated` (`identity.passkey`). */
    async registered(holder: string, { origin, host }: Site, response: RegistrationResponseJSON) {
      const verified = await verifyRegistrationResponse({
        ...{ response, expectedChallenge: await take(holder), expectedOrigin: origin, expectedRPID: host },
        requireUserVerification: false,
      }).catch((cause: unknown) => {
        throw refused('this is no answer of a passkey to our question', cause)
      })
      if (!verified.verified) throw refused('the passkey did not prove itself')
      const { id, publicKey, counter } = verified.registrationInfo.credential
      return { credential: id, publicKey: Buffer.from(publicKey), counter }
    },
    /** With `account` only its passkeys are asked, else any that the person finds. */
    async question(holder: string, { host }: Site, account?: string): Promise<object> {
      const options = await generateAuthenticationOptions({
        rpID: host,
        userVerification: account === undefined ? 'required' : 'preferred',
        ...(account === undefined ? {} : { allowCredentials: await credentialsOf(account) }),
      })
      await keep(holder, options.challenge)
      return options
    },
    /** Whose passkey answered; its counter has moved on. Throws `unauthenticated` (`identity.passkey`). */
    async answered(
      holder: string,
      { origin, host }: Site,
      { response, alone }: { response: AuthenticationResponseJSON; alone: boolean },
    ): Promise<{ account: string }> {
      const expectedChallenge = await take(holder)
      const row = await findPasskey(database, response.id)
      if (!row) throw refused('this passkey is not known here')
      const { authenticationInfo: info, verified } = await verifyAuthenticationResponse({
        ...{ response, expectedChallenge, expectedOrigin: origin, expectedRPID: host },
        credential: { id: row.credential, publicKey: new Uint8Array(row.publicKey), counter: row.counter },
        requireUserVerification: alone,
      }).catch((cause: unknown) => {
        throw refused('this is no answer of a passkey to our question', cause)
      })
      if (!verified) throw refused('the passkey did not prove itself')
      await database.query(sql`
        update signin.factor
        set counter = ${info.newCounter}, last_used = ${runtime.now()}::timestamptz
        where id = ${row.id}`)
      return { account: row.account }
    },
  }
}

async function findPasskey(database: Database, credential: string): Promise<PasskeyRow | undefined> {
  const [row] = await database.query(sql<PasskeyRow>`
    select id, account, credential, public_key as "publicKey", counter
    from signin.factor
    where credential = ${credential} and confirmed is not null`)
  return row
}

function refused(message: string, cause?: unknown) {
  return unauthenticated(message, { code: 'identity.passkey', cause })
}
