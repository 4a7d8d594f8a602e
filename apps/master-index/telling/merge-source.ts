/**
 * The source `patient-merges` of interfaces: `{ kind: 'patient-merges', name, application?, facility? }`. Merges and undone
 * merges of the desk become messages, in the order of the log and from the day on which the interface is opened; `name` is
 * that of the place in the log, so it stays when the interface changes. Merges that came by message are not told on.
 */
import type { Kernel } from '@xinglin/app'
import type { LogEntry, TenantId } from '@xinglin/events'
import { busy, invalid } from '@xinglin/fhir'
import type { EndpointSettings, SourceKind, Take } from '@xinglin/interfaces'
import { parseVersion } from '@xinglin/records'
import { memberOf } from '../routes/input.ts'
import { controlIdOf, mergeMessage } from './merge-message.ts'

const kind = 'patient-merges'
const triggers: ReadonlyMap<string, 'A40' | 'A37'> = new Map([
  ['master-index.patients-merged', 'A40'],
  ['master-index.merge-undone', 'A37'],
])
/** Interfaces of files belong to the first institution. */
const tenant = 1 as TenantId

type Named = { readonly name: string; readonly application: string; readonly facility: string }

export function mergeSource(kernel: Kernel): SourceKind {
  return {
    kind,
    check: (settings) => void namedIn(settings),
    async open(settings, take) {
      const named = namedIn(settings)
      const consumer = kernel.events.consumer({
        ...{ name: `${kind}.${named.name}`, kinds: [...triggers.keys()], from: 'now', batchSize: 1 },
        handle: async (entries) => {
          for (const entry of entries) if (entry.tenant === tenant) await tell(kernel, { entry, named, take })
        },
      })
      consumer.start()
      return { address: named.name, stop: () => consumer.stop() }
    },
  }
}

function namedIn(settings: EndpointSettings): Named {
  const { name, application = 'XINGLIN', facility = '' } = settings
  if (typeof name !== 'string' || !/^[a-z][a-z0-9-]{0,63}$/.test(name)) throw wrong('name')
  if (typeof application !== 'string') throw wrong('application')
  if (typeof facility !== 'string') throw wrong('facility')
  return { name, application, facility }
}

function wrong(at: string) {
  return invalid(`${at} of a source ${kind} is a short text`, { code: 'interfaces.definition', at })
}

type Told = { readonly entry: LogEntry; readonly named: Named; readonly take: Take }

async function tell(kernel: Kernel, { entry, named, take }: Told): Promise<void> {
  const trigger = triggers.get(entry.kind)
  const merged = memberOf(entry.data, 'merged')
  if (!trigger || entry.resourceId === undefined || typeof merged !== 'string') return
  const [survivor, other] = await Promise.all(
    [entry.resourceId, merged].map((id) => kernel.records.read(tenant, 'Patient', id)),
  )
  // Erased since: nobody is left of whom something could be told.
  if (!survivor || !other || survivor.interaction === 'delete' || other.interaction === 'delete') return
  const { name: _name, ...sender } = named
  const text = mergeMessage({
    ...{ trigger, id: entry.id, at: entry.at, ...sender },
    ...{ survivor: parseVersion(survivor, 'Patient'), merged: parseVersion(other, 'Patient') },
  })
  const taken = await take({
    sender: [sender.application, sender.facility].filter(Boolean).join('|'),
    ...{ subject: `ADT^${trigger}`, controlId: controlIdOf(entry.id) },
    raw: Buffer.from(text),
    charset: 'UNICODE UTF-8',
  })
  if (taken.kind === 'failed')
    throw busy('the message of a merge was not taken yet', { code: 'master-index.not-told' })
  if (taken.kind === 'refused')
    kernel.runtime.log.error('the message of a merge was refused by its interface', { code: taken.code })
}
