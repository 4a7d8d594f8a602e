/** Who is signed in on this page, as `GET /api/session` tells it. */
import { createContext, useContext } from 'react'
import { ask, isAnswer } from './api.ts'

export type Me = {
  readonly display: string
  readonly login?: string
  /** `user/<id>`: how the log names the person. */
  readonly reference?: string
  readonly roles: readonly string[]
  readonly permissions: readonly string[]
  readonly mustChangePassword?: boolean
  /** The house demands a second factor that this session has not shown. */
  readonly mustShowFactor?: boolean
  /** A role of his asks for his name and the time over everything that is shown and printed. */
  readonly hasWatermark?: boolean
  readonly tenant: { readonly id: number; readonly name?: string }
  /** The hospital's zone (IANA), in which every moment is shown. */
  readonly timeZone?: string
}

export const sessionKey = ['session'] as const

/** The session's question for the query client: null where nobody is signed in. */
export const sessionQuery = {
  queryKey: sessionKey,
  queryFn: async ({ signal }: { signal: AbortSignal }): Promise<Me | null> => {
    try {
      return (await ask<Me | undefined>('/api/session', { signal })) ?? null
    } catch (error) {
      if (isAnswer(error, 401)) return null
      throw error
    }
  },
  staleTime: 60_000,
  retry: 3,
}

const MeContext = createContext<Me | undefined>(undefined)
/** The frame tells its screens who is signed in; it keeps telling while an expired session is renewed. */
export const MeProvider = MeContext

/** The signed-in person; undefined on the sign-in page. */
export function useMe(): Me | undefined {
  return useContext(MeContext)
}

/** Whether the signed-in person holds a permission (`app.thing.verb`); the server decides again on every request. */
export function useMay(permission: Needed): boolean {
  const me = useMe()
  return holds(me, permission)
}

/** A permission, or several of which one is enough. */
export type Needed = string | readonly string[] | undefined

/** Whether a person holds a permission; everybody holds the absent one. */
export function holds(me: Me | undefined, needed: Needed): boolean {
  if (needed === undefined) return true
  return [needed].flat().some((permission) => me?.permissions.includes(permission))
}
