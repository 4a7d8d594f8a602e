/** Asks who is there: the sign-in page, the forced change of a one-time password, the second factor that is owed, or the frame. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import {
  ask,
  Failed,
  HoverCards,
  isAnswer,
  Loading,
  type Me,
  MeProvider,
  sessionKey,
  sessionQuery,
} from '@xinglin/kit'
import { useEffect, useState } from 'react'
import type { AddressBar } from './address.ts'
import { ChangePassword } from './change-password.tsx'
import { continueElsewhere } from './continue.ts'
import { Frame } from './frame.tsx'
import { OwedFactor } from './owed-factor.tsx'
import { SignIn } from './sign-in.tsx'
import { SignInAgain } from './sign-in-again.tsx'
import { upstreamPath } from './sign-in-elsewhere.ts'
import { terminalPath, useIdle, useLock, useLocked, useTerminal } from './use-terminal.ts'
import { TerminalLock, WardTerminal } from './ward-terminal.tsx'
import { Watermark } from './watermark.tsx'

type SignedOut = { readonly continueAt?: string }

export function Door({ bar }: { readonly bar: AddressBar }) {
  const session = useQuery(sessionQuery)
  const client = useQueryClient()
  const [known, setKnown] = useState<Me>()
  // Recovery codes are shown once: the page stays until they are kept, though the session owes nothing any more.
  const [isOwing, setOwing] = useState(false)
  const present = session.data
  // Somebody else's page begins anew: nothing of what was open stays.
  const isOther =
    known !== undefined && present?.reference !== undefined && present.reference !== known.reference
  useEffect(() => {
    if (isOther) return location.replace('/')
    if (present) setKnown(present)
    if (present?.mustShowFactor) setOwing(true)
    if (present && !present.mustChangePassword && !present.mustShowFactor && !isOwing)
      continueElsewhere(location)
  }, [present, isOther, isOwing])
  const me = present ?? known
  const { terminal, isKnown } = useTerminal()
  const lock = useLock()
  const { isLocked, unlock } = useLocked()
  useIdle(present && terminal && !isLocked ? terminal.idleSeconds : undefined, lock)
  const signOut = async () => {
    const ended = await ask<SignedOut>(upstreamPath, { method: 'DELETE' }).catch((error: unknown) => {
      // Already signed out elsewhere: the aim is reached.
      if (!isAnswer(error, 401)) throw error
      return undefined
    })
    // The provider's session ends too, so that the next person at this desk is not signed in.
    if (ended?.continueAt !== undefined) return location.assign(ended.continueAt)
    setKnown(undefined)
    setOwing(false)
    client.clear()
    bar.replace('/')
    client.setQueryData(sessionKey, null)
    await client.invalidateQueries({ queryKey: ['ask', terminalPath] })
  }
  const signedIn = async () => {
    await client.refetchQueries({ queryKey: sessionKey })
    await client.invalidateQueries()
  }
  const shown = async () => {
    await signedIn()
    setOwing(false)
  }
  /** One's own badge: what was left goes on. */
  const entered = async () => {
    const now = await client.fetchQuery({ ...sessionQuery, staleTime: 0 })
    if (now?.reference === known?.reference) unlock()
    await client.invalidateQueries()
  }
  if (isOther || (!me && (session.isPending || !isKnown))) return <Loading />
  if (!me && session.error && isAnswer(session.error)) {
    return <Failed error={session.error} retry={() => void session.refetch()} />
  }
  if (!me && terminal) return <WardTerminal terminal={terminal} onDone={signedIn} />
  if (!me) return <SignIn onDone={signedIn} onReturn={bar.replace} />
  if (me.mustChangePassword) return <ChangePassword onDone={signedIn} onSignOut={signOut} />
  if (me.mustShowFactor || isOwing) return <OwedFactor onDone={shown} onSignOut={signOut} />
  return (
    <MeProvider value={me}>
      {/* Cards tell times, so they stand where the hospital's zone is known. */}
      <HoverCards>
        <Frame bar={bar} me={me} onSignOut={signOut} />
      </HoverCards>
      {me.hasWatermark ? <Watermark me={me} /> : null}
      {(present === null || isLocked) && terminal ? (
        <TerminalLock terminal={terminal} onDone={entered} />
      ) : null}
      {present === null && !terminal ? <SignInAgain me={me} onDone={signedIn} onSignOut={signOut} /> : null}
    </MeProvider>
  )
}
