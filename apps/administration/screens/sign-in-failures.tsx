/** The newest sign-ins that a provider, or we, refused. */
import { Answered, useAsk, useTimes, useWords } from '@xinglin/kit'
import type { SignInFailuresAnswer } from '../sign-in-contract.ts'
import { PlainTable } from './plain-table.tsx'
import { providersPath } from './sign-in-path.ts'
import { signInWords } from './sign-in-words.ts'

export function ProviderFailures({ id }: { readonly id: string }) {
  const say = useWords(signInWords)
  const times = useTimes()
  const answer = useAsk<SignInFailuresAnswer>(`${providersPath}/${id}/failures`, { everyMs: 30_000 })
  return (
    <section className="a-part">
      <Answered answer={answer}>
        {({ failures }) => (
          <PlainTable
            columns={[
              { title: say('when'), draw: ({ at }) => times.full(at) },
              { title: say('login'), draw: ({ login }) => login ?? '–' },
              {
                title: say('what'),
                draw: ({ code, detail }) => (
                  <>
                    <code>{code}</code> <span className="x-quiet">{detail}</span>
                  </>
                ),
              },
            ]}
            rows={failures.map((failure, index) => ({ ...failure, key: `${failure.at} ${index}` }))}
            keyOf={({ key }) => key}
            empty={say('noFailures')}
          />
        )}
      </Answered>
    </section>
  )
}
