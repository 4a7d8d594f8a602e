/** Stores one instance from a stream: object first, then index, pending study and journal in one commit (law 1). */
import type { Kernel } from '@xinglin/app'
import { type TransferSyntax, writeMetaHeader } from '@xinglin/dicom'
import { statuses } from '@xinglin/dicom/network'
import type { TenantId } from '@xinglin/events'
import type { Instant } from '@xinglin/fhir'
import type { ObjectHash, StoredObject } from '@xinglin/objects'
import { maxInstanceBytes } from '../settings.ts'
import { type HeaderScan, type InstanceHeader, scanHeader } from './header-scan.ts'
import type { IndexAnswer, InstanceIndex } from './instance-index.ts'
import { InstanceRefused, type Refusal } from './refusal.ts'
import { isSameDataset } from './same-dataset.ts'

export type Incoming = {
  readonly tenant: TenantId
  readonly sender: string
  /** `C-STORE` or `STOW-RS`; the journal adds the modality. */
  readonly verb: string
  readonly receivedAt: Instant
  readonly bytes: AsyncIterable<Uint8Array>
  /** A dataset of C-STORE, whose meta header is ours to write; absent for a Part 10 file. */
  readonly named?: {
    readonly sopClassUid: string
    readonly sopInstanceUid: string
    readonly transferSyntax: TransferSyntax
  }
  /** Looks at the header before anything is durable; what it throws refuses the instance. */
  readonly check?: (header: InstanceHeader) => void
}

/**
 * Settles with the header when the instance is durable. An instance that is here already is accepted when its dataset
 * is the same; another dataset under the same UID is refused with 0111H, and the first stays what it is
 * (docs/decisions/0009). Throws InstanceRefused, DicomError or OutcomeError.
 */
export async function storeInstance(
  kernel: Kernel,
  index: InstanceIndex,
  incoming: Incoming,
): Promise<InstanceHeader> {
  const scan = scanHeader(incoming.named?.transferSyntax ?? 'part10')
  const meta =
    incoming.named &&
    writeMetaHeader({
      sopClassUid: incoming.named.sopClassUid,
      sopInstanceUid: incoming.named.sopInstanceUid,
      transferSyntaxUid: incoming.named.transferSyntax.uid,
    })
  let header: InstanceHeader | undefined
  async function* file(): AsyncGenerator<Uint8Array> {
    if (meta) yield meta
    for await (const bytes of incoming.bytes) {
      scan.write(bytes)
      yield bytes
    }
    // Inside the stream, so that what fails here leaves no object behind.
    header = headerOf(scan, incoming, meta?.length)
    incoming.check?.(header)
  }
  let answering: Promise<IndexAnswer> | undefined
  const indexed = (stored: StoredObject): Promise<IndexAnswer> => {
    if (!header) throw new Error('objects took an instance without reading it to its end')
    answering ??= index.add({
      header,
      object: stored.hash,
      sizeBytes: stored.sizeBytes,
      durable: putting,
      sender: incoming.sender,
      subject: `${incoming.verb} ${header.modality ?? '?'}`,
      receivedAt: incoming.receivedAt,
    })
    return answering
  }
  // The row is prepared while the disk syncs the object, and commits only after that.
  const putting: Promise<StoredObject> = kernel.objects.put(file(), {
    maxBytes: maxInstanceBytes,
    named: (stored) => void indexed(stored).catch(() => undefined),
  })
  const stored = await putting
  const answer = await indexed(stored)
  if (!header) throw new Error('objects took an instance without reading it to its end')
  if (answer.kind === 'known') await demandSame(kernel, stored.hash, header, answer)
  return header
}

function headerOf(scan: HeaderScan, incoming: Incoming, metaBytes: number | undefined): InstanceHeader {
  const header = scan.finish()
  const { named } = incoming
  if (!named) return header
  if (header.sopClassUid !== named.sopClassUid || header.sopInstanceUid !== named.sopInstanceUid)
    throw new InstanceRefused({
      status: statuses.dataSetDoesNotMatchSopClass,
      code: 'dicom.identifier-differs',
      reason: 'SOP Class or Instance UID of the dataset differs from the one in the command',
    })
  return { ...header, datasetOffset: metaBytes ?? 0 }
}

async function demandSame(
  kernel: Kernel,
  object: ObjectHash,
  header: InstanceHeader,
  held: { readonly object: ObjectHash; readonly datasetOffset: number },
): Promise<void> {
  if (object === held.object) return
  const given = { object, datasetOffset: header.datasetOffset }
  if (await isSameDataset(kernel.objects, given, held)) return
  throw new InstanceRefused(differentContent)
}

const differentContent: Refusal = {
  status: statuses.duplicateSopInstance,
  code: 'dicom.duplicate-differs',
  reason: 'another instance with this SOP Instance UID is held already; the first was kept',
}
