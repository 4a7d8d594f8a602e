/** What a verification found, and entries that stand at another place than the one at which they were sealed. */
import { type Instant, instantOf } from '@xinglin/fhir'
import type { Place } from './entry-text.ts'

export type FindingKind =
  | 'changed'
  | 'missing'
  | 'added'
  /** The content of an entry stands at the place of another. */
  | 'reordered'
  | 'seal-changed'
  | 'seal-missing'
  | 'head'
  | 'unsealed'
  | 'guard'

export type Finding = {
  readonly kind: FindingKind
  /** Number of the seal; empty where it is about none. */
  readonly seal: string
  /** Number of the entry in the trail. */
  readonly entry?: string
  readonly at?: Instant
  readonly what?: string
}

/** A finding with the digests by which moved entries are recognised. */
export type RawFinding = {
  readonly kind: FindingKind
  readonly seal: string
  readonly place?: Place
  readonly atUs?: string
  readonly what?: string
  /** Digest that was sealed here. */
  readonly expected?: string
  /** Digest of what stands here now. */
  readonly found?: string
}

/** Findings in the order of the trail; one whose content was sealed elsewhere says where. */
export function joinMoved(raw: readonly RawFinding[], timeZone: string): readonly Finding[] {
  const sealedAt = new Map(
    raw.flatMap(({ expected, place }) => (expected && place ? [[expected, place] as const] : [])),
  )
  const standing = new Set(raw.flatMap(({ found }) => (found ? [found] : [])))
  return raw.flatMap((each) => {
    const from = each.found === undefined ? undefined : sealedAt.get(each.found)
    if (from && (from.id !== each.place?.id || from.xid !== each.place.xid))
      return [present({ ...each, kind: 'reordered', what: `it was sealed as entry ${from.id}` }, timeZone)]
    // Its content stands elsewhere and is told of there.
    if (each.kind === 'missing' && each.expected && standing.has(each.expected)) return []
    return [present(each, timeZone)]
  })
}

function present({ kind, seal, place, atUs, what }: RawFinding, timeZone: string): Finding {
  return {
    kind,
    seal,
    ...(place ? { entry: place.id } : {}),
    ...(atUs === undefined ? {} : { at: instantOf(Number(BigInt(atUs) / 1000n), timeZone) }),
    ...(what === undefined ? {} : { what }),
  }
}
