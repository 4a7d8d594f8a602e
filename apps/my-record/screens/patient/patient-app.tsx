/** The patients' own pages: who is there by the patients' own session, then his record. */
import { QueryCache, QueryClient, QueryClientProvider, useQuery, useQueryClient } from '@tanstack/react-query'
import { ask, Failed, isAnswer, Loading, type Me, MeProvider } from '@xinglin/kit'
import { useEffect, useMemo, useState } from 'react'
import { PatientFrame } from './patient-frame.tsx'
import { type PatientSession, patientSessionKey } from './session.ts'
import { SignIn } from './sign-in.tsx'
import '../my-record.css'

/** Whichever request meets an ended session first lets the page ask again who is there. */
function createClient(): QueryClient {
  const onError = (error: Error) => {
    if (isAnswer(error, 401)) void client.invalidateQueries({ queryKey: patientSessionKey })
  }
  const client: QueryClient = new QueryClient({ queryCache: new QueryCache({ onError }) })
  return client
}

export function PatientApp() {
  const [client] = useState(createClient)
  return (
    <QueryClientProvider client={client}>
      <PatientDoor />
    </QueryClientProvider>
  )
}

async function readSession(): Promise<PatientSession | null> {
  try {
    return await ask<PatientSession>('/api/patient-session')
  } catch (error) {
    if (isAnswer(error, 401)) return null
    throw error
  }
}

/** Paths that may be gone on to after signing in: the page on which an app asks. */
const goesOn = /^\/oauth2\/interaction\/[\w-]{1,64}$/

function PatientDoor() {
  const session = useQuery({ queryKey: patientSessionKey, queryFn: readSession, staleTime: 30_000 })
  const client = useQueryClient()
  const present = session.data ?? undefined
  const me = useMemo(() => (present ? meOf(present) : undefined), [present])
  const path = new URLSearchParams(location.search).get('continue')
  const leads = path !== null && goesOn.test(path) ? path : undefined
  useEffect(() => {
    if (present && leads) location.assign(leads)
  }, [present, leads])
  const again = async () => {
    await client.refetchQueries({ queryKey: patientSessionKey })
    await client.invalidateQueries()
  }
  const signOut = async () => {
    await ask('/api/patient-session', { method: 'DELETE' }).catch((error: unknown) => {
      // Signed out already: the aim is reached.
      if (!isAnswer(error, 401)) throw error
    })
    // The page hears first that nobody is there: a query that was removed tells whoever watches it nothing.
    client.setQueryData(patientSessionKey, null)
    client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== patientSessionKey[0] })
  }
  if (session.isPending) return <Loading />
  if (session.error && isAnswer(session.error))
    return <Failed error={session.error} retry={() => void session.refetch()} />
  if (!present || !me) return <SignIn onDone={again} />
  if (leads) return <Loading />
  return (
    <MeProvider value={me}>
      <PatientFrame session={present} onSignOut={signOut} onChange={again} />
    </MeProvider>
  )
}

function meOf({ display, reference, tenant, timeZone }: PatientSession): Me {
  return { display, reference, tenant, timeZone, roles: [], permissions: [] }
}
