/** Chooses whose acts the audit trail shows: by name, user name or client, or as a typed reference. */
import { useAsk, useMay, useScreen, useWords } from '@xinglin/kit'
import { AutoComplete } from 'antd'
import { useState } from 'react'
import { explorerWords } from './explorer-words.ts'

/** What administration answers of people and clients, as far as their names go. */
type PeopleAnswer = {
  readonly people: readonly { readonly id: string; readonly display: string; readonly login: string }[]
}
type ClientsAnswer = { readonly clients: readonly { readonly id: string; readonly display: string }[] }

type Who = { readonly value: string; readonly label: string }

/** How the trail names actors: `user/<id>`, `client/<id>`, `system/<name>`. */
const reference = /^(user|client|system|patient)\/.+/

export function WhoFilter() {
  const say = useWords(explorerWords)
  const { search, setSearch } = useScreen()
  const all = useEverybody()
  const chosen = search.get('actor') ?? ''
  const [typed, setTyped] = useState<string>()
  const shown = typed ?? all.find(({ value }) => value === chosen)?.label ?? chosen
  const choose = (actor: string) => {
    setSearch({ actor })
    setTyped(undefined)
  }
  return (
    <AutoComplete
      allowClear
      style={{ width: 260 }}
      value={shown}
      placeholder={say('whoHelp')}
      aria-label={say('whoHelp')}
      options={all.filter(
        ({ label, value }) => !typed || `${label} ${value}`.toLowerCase().includes(typed.toLowerCase()),
      )}
      onSelect={(actor) => choose(String(actor))}
      onClear={() => choose('')}
      onBlur={() => setTyped(undefined)}
      onChange={(text: string | undefined) => {
        if (!text) return choose('')
        setTyped(text)
        if (reference.test(text)) setSearch({ actor: text })
      }}
    />
  )
}

function useEverybody(): readonly Who[] {
  const maySeePeople = useMay('administration.people.read')
  const maySeeClients = useMay('administration.clients.read')
  const kept = { staleAfterMs: 60_000 }
  const people = useAsk<PeopleAnswer>(maySeePeople ? '/api/administration/people?' : undefined, kept)
  const clients = useAsk<ClientsAnswer>(maySeeClients ? '/api/administration/clients' : undefined, kept)
  return [
    ...(people.state === 'ready'
      ? people.data.people.map(({ id, display, login }) => ({
          value: `user/${id}`,
          label: `${display} · ${login}`,
        }))
      : []),
    ...(clients.state === 'ready'
      ? clients.data.clients.map(({ id, display }) => ({
          value: `client/${id}`,
          label: `${display} · ${id}`,
        }))
      : []),
  ]
}
