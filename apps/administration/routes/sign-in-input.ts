/** Reading what the screen says of a provider; its settings are judged by identity, field by field. */
import { invalid } from '@xinglin/fhir'
import type { GroupRole, LdapSettings, OidcSettings, UpstreamProvider } from '@xinglin/identity'
import { optionalChoiceOf, optionalTextOf, textOf } from './input.ts'

type Given = UpstreamProvider & { readonly secret?: string }

/** A provider as `save` takes it. */
export function providerIn(id: string, body: unknown): Given {
  const secret = optionalTextOf(body, 'secret')
  const same = {
    id,
    title: { zh: textOf(body, 'zh'), en: textOf(body, 'en') },
    joining: optionalChoiceOf(body, 'joining', ['off', 'invite', 'auto']) ?? 'invite',
    isEnabled: member(body, 'isEnabled') === true,
    allowsAdministrators: member(body, 'allowsAdministrators') === true,
    localPasswords: optionalChoiceOf(body, 'localPasswords', ['kept', 'administrators']) ?? 'kept',
    ...(secret === undefined ? {} : { secret }),
  } as const
  // What the settings hold is checked by `save`, which refuses each wrong one by its name.
  const settings = member(body, 'settings')
  return optionalChoiceOf(body, 'kind', ['oidc', 'ldap']) === 'ldap'
    ? { ...same, kind: 'ldap', settings: settings as LdapSettings }
    : { ...same, kind: 'oidc', settings: settings as OidcSettings }
}

/** `mappings`: groups and the roles that they give. */
export function mappingsIn(body: unknown): readonly GroupRole[] {
  const given = member(body, 'mappings')
  if (!Array.isArray(given))
    throw invalid('mappings is a list', { code: 'administration.field', at: 'mappings' })
  return given.map((each) => ({ group: textOf(each, 'group'), role: textOf(each, 'role') }))
}

function member(from: unknown, name: string): unknown {
  return typeof from === 'object' && from !== null && Object.hasOwn(from, name)
    ? Reflect.get(from, name)
    : undefined
}
