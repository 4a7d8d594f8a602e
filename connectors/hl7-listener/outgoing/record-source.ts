/**
 * The source `record-messages` of interfaces: what changes in the record becomes HL7 messages for other systems, in the order of
 * the log and from the day on which the interface is opened. `name` is that of the place in the log, so it stays when the
 * interface changes.
 *
 * Not told: results that stand in no report, what is labelled as restricted (unless asked for), merges (source `patient-merges`).
 */
import type { Kernel } from '@xinglin/app'
import { type LogEntry, type TenantId, transactionStart } from '@xinglin/events'
import { busy, type ResourceType } from '@xinglin/fhir'
import type { SourceKind, Take } from '@xinglin/interfaces'
import { kind, type TellingSettings, tellingSettings } from './settings.ts'
import { messageOf, type Telling } from './tell.ts'

/** Interfaces of files belong to the first institution. */
const tenant = 1 as TenantId
/** What this door itself wrote for other systems. */
const doorActor = 'system/hl7-listener'
/** The cursor moves on after so many entries; more would be told again after a kill. */
const batchSize = 20
/** Entries of one read: a transaction of the largest bundle is a few of them. */
const siblingsAtOnce = 1_000

/** The kind `record-messages`: `{ kind, name, tell?, application?, facility?, receivingApplication?, receivingFacility?, relay?, restricted? }`. */
export function recordSource(kernel: Kernel): SourceKind {
  return {
    kind,
    check: (settings) => void tellingSettings(settings),
    async open(endpoint, take) {
      const settings = tellingSettings(endpoint)
      const writtenWith = siblings(kernel)
      const consumer = kernel.events.consumer({
        ...{ name: `${kind}.${settings.name}`, kinds: ['record.*'], from: 'now', batchSize },
        resourceTypes: typesOf(settings),
        handle: async (entries) => {
          for (const entry of entries)
            if (isTold(entry, settings)) await tell(kernel, { entry, settings, take, writtenWith })
        },
      })
      consumer.start()
      return { address: settings.name, stop: () => consumer.stop() }
    },
  }
}

function typesOf({ tell }: TellingSettings): readonly ResourceType[] {
  return [
    ...(tell.has('ADT') ? (['Patient', 'Encounter'] as const) : []),
    ...(tell.has('OML') || tell.has('ORM') ? (['ServiceRequest'] as const) : []),
    ...(tell.has('ORU') ? (['DiagnosticReport', 'Observation'] as const) : []),
  ]
}

function isTold(entry: LogEntry, { isRelayed }: TellingSettings): boolean {
  return entry.tenant === tenant && (isRelayed || entry.actor !== doorActor)
}

/** What one transaction wrote of reports and results; the last answer is kept, for its entries come one after another. */
function siblings({ events }: Kernel): Telling['writtenWith'] {
  let last: { readonly start: string; readonly names: ReadonlySet<string> } | undefined
  return async ({ position }) => {
    const start = transactionStart(position)
    if (last?.start === start) return last.names
    const names = new Set<string>()
    for (let after = start, isOver = false; !isOver; ) {
      const entries = await events.read({
        ...{
          after,
          limit: siblingsAtOnce,
          kinds: ['record.*'],
          resourceTypes: ['DiagnosticReport', 'Observation'],
        },
      })
      for (const each of entries)
        if (transactionStart(each.position) === start) names.add(`${each.resourceType}/${each.resourceId}`)
      after = entries.at(-1)?.position ?? after
      isOver = entries.length < siblingsAtOnce || transactionStart(after) !== start
    }
    last = { start, names }
    return names
  }
}

type Told = Pick<Telling, 'entry' | 'settings' | 'writtenWith'> & { readonly take: Take }

async function tell({ records, runtime }: Kernel, { take, ...told }: Told): Promise<void> {
  const message = await messageOf({ records, tenant, ...told })
  if (!message) return
  const { settings } = told
  const taken = await take({
    sender: [settings.application, settings.facility].filter(Boolean).join('|'),
    ...{ subject: message.subject, controlId: message.controlId },
    raw: Buffer.from(message.text),
    charset: 'UNICODE UTF-8',
  })
  if (taken.kind === 'failed')
    throw busy('the message of a change was not taken yet', { code: 'hl7.not-told' })
  if (taken.kind === 'refused')
    runtime.log.error('the message of a change was refused by its interface', { code: taken.code })
}
