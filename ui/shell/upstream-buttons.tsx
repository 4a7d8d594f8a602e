/** The institution's own ways to sign in: a button for each, why the last one failed, and the second factor afterwards. */
import { type Answer, useAsk, useLook, useWords } from '@xinglin/kit'
import { Button } from 'antd'
import { useEffect } from 'react'
import { shellWords } from './shell-words.ts'
import { addressAsked, invitationIn, type Offered, startAddress, upstreamPath } from './sign-in-elsewhere.ts'
import { upstreamFailureWords } from './upstream-failure-words.ts'

type Props = {
  readonly providers: readonly Offered[]
  /** Of a session that is being renewed. */
  readonly login?: string
  /** The person is back on this page from the provider's, which stood beside it. */
  readonly onReturned?: () => Promise<void>
}

/** Providers with pages of their own; over a page that must not be lost they open beside it. */
export function UpstreamButtons({ providers, login, onReturned }: Props) {
  const say = useWords(shellWords)
  const { language } = useLook()
  useEffect(() => {
    if (!onReturned || providers.length === 0) return
    const look = () => void onReturned()
    addEventListener('focus', look)
    return () => removeEventListener('focus', look)
  }, [onReturned, providers])
  const invitation = invitationIn(location.hash)
  const asked = {
    back: login === undefined ? addressAsked(location) : '/',
    ...(login === undefined ? {} : { login }),
    ...(invitation === undefined ? {} : { invitation }),
  }
  return providers.map(({ id, title }) => (
    <Button
      key={id}
      block
      href={startAddress(id, asked)}
      {...(login === undefined ? {} : { target: '_blank', rel: 'noopener' })}
    >
      {say('signInBy', { provider: title[language] })}
    </Button>
  ))
}

/** Why a provider's answer did not sign the person in. */
export function UpstreamFailure({ code }: { readonly code: string }) {
  const say = useWords(upstreamFailureWords)
  return (
    <p className="x-red" role="alert">
      {isKnown(code) ? say(code) : say('other', { code })}
    </p>
  )
}

function isKnown(code: string): code is keyof typeof upstreamFailureWords.zh {
  return code !== 'other' && Object.hasOwn(upstreamFailureWords.zh, code)
}

/** The ticket of a sign-in that a provider vouched for and whose second factor is still to come; it is given away once. */
export function useAwaiting<Awaiting>(isAsked: boolean): Answer<Awaiting> {
  return useAsk<Awaiting>(isAsked ? `${upstreamPath}/awaiting` : undefined, {
    body: {},
    staleAfterMs: Number.POSITIVE_INFINITY,
  })
}
