/**
 * The source `dicom-studies` of interfaces: `{ kind: 'dicom-studies', name, restricted? }`. What modalities and others stored becomes a
 * message with the ImagingStudy as JSON, one for each state of a study that the log holds, from the day on which the interface is
 * opened; `name` is that of the place in the log, so it stays when the interface changes. A state that a later one replaced before
 * it was told is left out: the later one has all of its instances.
 */
import type { Kernel } from '@xinglin/app'
import type { LogEntry, TenantId } from '@xinglin/events'
import { busy } from '@xinglin/fhir'
import {
  type EndpointSettings,
  type Incoming,
  type SourceKind,
  type Take,
  wholeSettings,
} from '@xinglin/interfaces'
import { parseVersion } from '@xinglin/records'

const kind = 'dicom-studies'
/** Interfaces of files belong to the first institution. */
const tenant = 1 as TenantId
/** Who writes studies that came by DICOM. */
const doorActor = 'system/dicom-node'
/** The cursor moves on after so many entries; after a kill the journal knows those that were taken. */
const batchSize = 20
/** What only few may see leaves the house only where it is asked for. */
const confidentiality = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality'
const sensitivity = 'http://terminology.hl7.org/CodeSystem/v3-ActCode'

type Settings = { readonly name: string; readonly isRestrictedTold: boolean }

/** The kind `dicom-studies`. */
export function studySource(kernel: Kernel): SourceKind {
  return {
    kind,
    check: (settings) => void settingsOf(settings),
    async open(given, take) {
      const settings = settingsOf(given)
      const consumer = kernel.events.consumer({
        ...{ name: `${kind}.${settings.name}`, kinds: ['record.*'], resourceTypes: ['ImagingStudy'] },
        ...{ from: 'now', batchSize },
        handle: async (entries) => {
          for (const entry of entries)
            if (entry.tenant === tenant && entry.actor === doorActor)
              await tell(kernel, { entry, settings, take })
        },
      })
      consumer.start()
      return { address: settings.name, stop: () => consumer.stop() }
    },
  }
}

function settingsOf(settings: EndpointSettings): Settings {
  return wholeSettings(settings, (reader) => ({
    name: reader.text('name', {
      allowed: 'lower case words with hyphens',
      pattern: /^[a-z][a-z0-9-]{0,63}$/,
    }),
    isRestrictedTold: reader.oneOf('restricted', ['told', 'kept'], 'kept') === 'told',
  }))
}

type Told = { readonly entry: LogEntry; readonly settings: Settings; readonly take: Take }

async function tell({ records, runtime }: Kernel, { entry, settings, take }: Told): Promise<void> {
  const { resourceId, version = 0 } = entry
  if (resourceId === undefined) return
  const found = await records.read(tenant, 'ImagingStudy', resourceId)
  if (!found || found.interaction === 'delete' || found.version > version) return
  const study = parseVersion(found, 'ImagingStudy')
  const isRestricted = study.meta?.security?.some(
    ({ system, code = '' }) =>
      system === sensitivity || (system === confidentiality && ['R', 'V'].includes(code)),
  )
  if (isRestricted && !settings.isRestrictedTold) return
  const incoming: Incoming = {
    ...{ sender: kind, subject: 'ImagingStudy', controlId: `${settings.name}/${entry.id}` },
    raw: Buffer.from(JSON.stringify(study)),
  }
  const taken = await take(incoming)
  if (taken.kind === 'failed')
    throw busy('the message of a study was not taken yet', { code: 'dicom.study-not-told' })
  if (taken.kind === 'refused')
    runtime.log.error('the message of a study was refused by its interface', { code: taken.code })
}
