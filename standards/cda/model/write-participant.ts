/** Who acts, in the order of the schema; an author has a time, whoever signs has a signature code too. */
import { el, type XmlNode } from '../xml/node.ts'
import type { Participant } from './document.ts'
import { writeCoded, writeIdentifier, writeName, writeTimes } from './values.ts'

type Kind = 'author' | 'performer' | 'authenticator' | 'legalAuthenticator'

export function writeParticipant(kind: Kind, participant: Participant): XmlNode {
  const { ids, time, code, name, device, organization } = participant
  const isAuthor = kind === 'author'
  const signs = kind === 'authenticator' || kind === 'legalAuthenticator'
  const assigned = el(
    isAuthor ? 'assignedAuthor' : 'assignedEntity',
    { classCode: 'ASSIGNED' },
    ids.map((id) => writeIdentifier('id', id)),
    code && writeCoded('code', code),
    name && el('assignedPerson', { classCode: 'PSN', determinerCode: 'INSTANCE' }, writeName(name)),
    device === undefined ? undefined : el('assignedAuthoringDevice', {}, el('softwareName', {}, device)),
    organization &&
      el(
        'representedOrganization',
        {},
        organization.ids.map((id) => writeIdentifier('id', id)),
        organization.name === undefined ? undefined : el('name', {}, organization.name),
      ),
  )
  const when = time && writeTimes('time', time)
  return el(kind, {}, when, signs ? el('signatureCode', { code: 'S' }) : undefined, assigned)
}
