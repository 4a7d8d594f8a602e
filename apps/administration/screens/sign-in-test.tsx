/** Tries a provider as it is saved and shows each step; for a named person also what their groups would give. */
import { FailureText, useAct, useAsk, useMay, useWords } from '@xinglin/kit'
import { Button, Input } from 'antd'
import { useState } from 'react'
import type { MappingPreview, MappingsAnswer, ProbeAnswer } from '../sign-in-contract.ts'
import { Field } from './field.tsx'
import { providersPath } from './sign-in-path.ts'
import { PreviewText } from './sign-in-preview.tsx'
import { type SignInWord, signInWords } from './sign-in-words.ts'

export function ProviderTest({ id }: { readonly id: string }) {
  const say = useWords(signInWords)
  const mayWrite = useMay('administration.upstream.write')
  const [login, setLogin] = useState('')
  const [shown, setShown] = useState<ProbeAnswer>()
  const probe = useAct<string, ProbeAnswer>((asked) => ({
    path: `${providersPath}/${id}/probe`,
    body: { login: asked },
  }))
  const run = async () => {
    setShown(undefined)
    const ran = await probe.run(login.trim())
    if (ran.isDone) setShown(ran.output)
  }
  return (
    <section className="a-part">
      <p className="x-quiet">{say('testHelp')}</p>
      <Field name="login" label={say('testLogin')}>
        <Input autoComplete="off" value={login} onChange={({ target }) => setLogin(target.value)} />
      </Field>
      <Button disabled={!mayWrite} loading={probe.isRunning} onClick={() => void run()}>
        {say('runTest')}
      </Button>
      <div role="status">
        {shown ? (
          <ol className="a-steps">
            {shown.steps.map(({ name, isDone, detail }) => (
              <li key={name}>
                <span className={isDone ? 'x-green' : 'x-red'}>
                  {say(isDone ? 'stepDone' : 'stepFailed')}
                </span>{' '}
                <strong>
                  <StepName name={name} />
                </strong>{' '}
                <span className="x-quiet">{detail}</span>
              </li>
            ))}
          </ol>
        ) : null}
        {shown?.groups ? <GroupsFound id={id} groups={shown.groups} /> : null}
      </div>
      {probe.error ? (
        <div className="x-red" role="alert">
          <FailureText error={probe.error} />
        </div>
      ) : null}
    </section>
  )
}

/** Groups of the person that was asked for, and what they give by the mapping in force. */
function GroupsFound({ id, groups }: { readonly id: string; readonly groups: readonly string[] }) {
  const say = useWords(signInWords)
  const mappings = useAsk<MappingsAnswer>(`${providersPath}/${id}/mappings`)
  const body = mappings.state === 'ready' ? { groups, mappings: mappings.data.mappings } : undefined
  const preview = useAsk<MappingPreview>(body ? `${providersPath}/${id}/preview` : undefined, { body })
  return (
    <>
      <p>{say('groupsFound', { groups: groups.join(' · ') || say('none') })}</p>
      {preview.state === 'ready' ? <PreviewText preview={preview.data} /> : null}
    </>
  )
}

/** A step in the words of the page; one that has none by its name. */
function StepName({ name }: { readonly name: string }) {
  const say = useWords(signInWords)
  const word = `step_${name.replaceAll(/[ -]/g, '_')}`
  return isWord(word) ? say(word) : name
}

function isWord(word: string): word is SignInWord {
  return Object.hasOwn(signInWords.zh, word)
}
