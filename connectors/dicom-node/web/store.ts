/** STOW-RS (PS3.18 §10.5): Part 10 files in multipart/related, each streamed to objects; one answer about all. */
import type { Kernel } from '@xinglin/app'
import type { JsonDataset } from '@xinglin/dicom'
import { statuses } from '@xinglin/dicom/network'
import { invalid, OutcomeError, unsupported } from '@xinglin/fhir'
import type { Actor } from '@xinglin/identity'
import type { InstanceHeader } from '../store/header-scan.ts'
import type { InstanceIndex } from '../store/instance-index.ts'
import { InstanceRefused, type Refusal, refusalOf } from '../store/refusal.ts'
import { storeInstance } from '../store/store-instance.ts'
import { imagingStudyId } from '../study/imaging-study-id.ts'
import { parseMediaType } from './accept.ts'
import { type IncomingPart, readMultipart } from './multipart-reader.ts'

export type StoreAnswer = { readonly status: 200 | 202 | 409; readonly body: JsonDataset }
export type StoreRequest = {
  readonly actor: Actor
  readonly body: AsyncIterable<Uint8Array>
  readonly contentType: string
  /** Instances of any other study are refused. */
  readonly studyInstanceUid: string | undefined
  readonly baseUrl: string
}

type Outcome =
  | { readonly kind: 'stored'; readonly header: InstanceHeader }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly header: InstanceHeader | undefined }

/** Instances of one request; a series of thousands fits, an endless body does not. */
const maxParts = 20_000

/** Stores each part; what fails does not hold up the rest. Throws `unsupported` or `invalid` for the body as a whole. */
export async function storeParts(
  kernel: Kernel,
  index: InstanceIndex,
  request: StoreRequest,
): Promise<StoreAnswer> {
  const { type, parameters } = parseMediaType(request.contentType)
  const isDicom = (parameters.type ?? 'application/dicom').toLowerCase() === 'application/dicom'
  if (type !== 'multipart/related' || !isDicom)
    throw unsupported('instances are taken as multipart/related; type="application/dicom"', {
      code: 'dicom-web.content-type',
    })
  const outcomes: Outcome[] = []
  for await (const part of readMultipart(request.body, parameters.boundary ?? '')) {
    if (outcomes.length === maxParts)
      throw invalid(`more than ${maxParts} instances in one request`, { code: 'dicom-web.parts' })
    outcomes.push(await storePart(kernel, index, { part, request }))
  }
  if (outcomes.length === 0) throw invalid('the body holds no instance', { code: 'dicom-web.multipart' })
  await auditStored(kernel, request.actor, outcomes)
  return answerOf(outcomes, request)
}

async function storePart(
  kernel: Kernel,
  index: InstanceIndex,
  { part, request }: { readonly part: IncomingPart; readonly request: StoreRequest },
): Promise<Outcome> {
  const { actor } = request
  let seen: InstanceHeader | undefined
  try {
    const header = await storeInstance(kernel, index, {
      tenant: actor.tenant,
      sender: actor.reference,
      verb: 'STOW-RS',
      receivedAt: kernel.runtime.now(),
      bytes: part.bytes,
      check: (found) => {
        seen = found
        demandStudyUid(found, request.studyInstanceUid)
      },
    })
    return { kind: 'stored', header }
  } catch (error) {
    // A body that breaks off is no fault of one instance.
    if (error instanceof OutcomeError && error.failure === 'invalid') throw error
    const refusal = refusalOf(error)
    await journalRefusal(kernel, actor, { refusal, sopInstanceUid: seen?.sopInstanceUid ?? 'unknown' })
    return { kind: 'refused', refusal, header: seen }
  }
}

function demandStudyUid(header: InstanceHeader, studyInstanceUid: string | undefined): void {
  if (!studyInstanceUid || header.studyInstanceUid === studyInstanceUid) return
  throw new InstanceRefused({
    status: statuses.dataSetDoesNotMatchSopClass,
    code: 'dicom.other-study',
    reason: 'the instance belongs to another study than the address',
  })
}

async function journalRefusal(
  kernel: Kernel,
  actor: Actor,
  { refusal, sopInstanceUid }: { readonly refusal: Refusal; readonly sopInstanceUid: string },
): Promise<void> {
  await kernel.database.transaction((transaction) =>
    kernel.traffic.record(
      transaction,
      {
        tenant: actor.tenant,
        door: 'dicom',
        sender: actor.reference,
        subject: 'STOW-RS',
        controlId: sopInstanceUid,
        raw: new Uint8Array(0),
      },
      { outcome: 'refused', code: refusal.code, reason: refusal.reason },
    ),
  )
}

async function auditStored(kernel: Kernel, actor: Actor, outcomes: readonly Outcome[]): Promise<void> {
  const studies = new Set(
    outcomes.flatMap((outcome) => (outcome.kind === 'stored' ? [outcome.header.studyInstanceUid] : [])),
  )
  for (const study of studies)
    await kernel.identity.audit(actor, {
      action: 'dicom-web.store',
      outcome: 'allowed',
      resourceType: 'ImagingStudy',
      resourceId: imagingStudyId(actor.tenant, study),
    })
}

/** PS3.18 table 10.5.3-1: the Store Instances Response Module (PS3.18 §I.2). */
function answerOf(outcomes: readonly Outcome[], { baseUrl }: StoreRequest): StoreAnswer {
  const stored = outcomes.filter((outcome) => outcome.kind === 'stored')
  const refused = outcomes.filter((outcome) => outcome.kind === 'refused')
  const studies = [...new Set(stored.map(({ header }) => header.studyInstanceUid))]
  const [only] = studies
  const body: JsonDataset = {
    ...(studies.length === 1 && { '00081190': { vr: 'UR', Value: [`${baseUrl}/studies/${only}`] } }),
    ...(refused.length > 0 && {
      '00081198': {
        vr: 'SQ',
        Value: refused.map(({ header, refusal }) => ({
          ...(header ? named(header) : {}),
          '00081197': { vr: 'US', Value: [refusal.status] },
        })),
      },
    }),
    ...(stored.length > 0 && {
      '00081199': {
        vr: 'SQ',
        Value: stored.map(({ header }) => ({
          ...named(header),
          '00081190': { vr: 'UR', Value: [urlOf(baseUrl, header)] },
        })),
      },
    }),
  }
  const status = refused.length === 0 ? 200 : stored.length > 0 ? 202 : 409
  return { status, body }
}

const named = (header: InstanceHeader): JsonDataset => ({
  '00081150': { vr: 'UI', Value: [header.sopClassUid] },
  '00081155': { vr: 'UI', Value: [header.sopInstanceUid] },
})

const urlOf = (baseUrl: string, header: InstanceHeader): string =>
  `${baseUrl}/studies/${header.studyInstanceUid}/series/${header.seriesInstanceUid}/instances/${header.sopInstanceUid}`
