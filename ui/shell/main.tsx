/** The page's beginning: look, server questions, and the door that asks who is there. */
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { isAnswer, Loading, LookProvider, sessionKey } from '@xinglin/kit'
import { Suspense } from 'react'
import { createRoot } from 'react-dom/client'
import { createAddressBar } from './address.ts'
import { Door } from './door.tsx'
import { ErrorBoundary } from './error-boundary.tsx'
import { ownPageOf } from './own-pages.ts'
import './shell.css'

/** A refused session is found out by whichever request meets it first; the door then asks again who is there. */
function createClient(): QueryClient {
  const onError = (error: Error) => {
    if (isAnswer(error, 401)) void client.invalidateQueries({ queryKey: sessionKey })
  }
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: { queries: { gcTime: 120_000, refetchOnWindowFocus: true } },
  })
  return client
}

const root = document.getElementById('root')
const OwnPage = ownPageOf(location.pathname)
if (root) {
  createRoot(root).render(
    <QueryClientProvider client={createClient()}>
      <LookProvider>
        <ErrorBoundary>
          {OwnPage ? (
            <Suspense fallback={<Loading />}>
              <OwnPage />
            </Suspense>
          ) : (
            <Door bar={createAddressBar()} />
          )}
        </ErrorBoundary>
      </LookProvider>
    </QueryClientProvider>,
  )
}
