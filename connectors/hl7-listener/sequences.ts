/** Groups of segments that begin with one of a name: the orders of chapter 4A, the appointments of chapter 10. */
import type { Message, Segment } from '@xinglin/hl7v2'

export type Sequence = {
  readonly first: Segment
  /** What follows until the next one begins. */
  readonly segments: readonly Segment[]
}

/** Every group that a segment of this name begins; an ORC that stands before the first of another name belongs to none. */
export function sequencesOf({ segments }: Message, name: string): readonly Sequence[] {
  const groups: { first: Segment; segments: Segment[] }[] = []
  for (const segment of segments) {
    if (segment.name === name) groups.push({ first: segment, segments: [] })
    else groups.at(-1)?.segments.push(segment)
  }
  return groups
}

/** Of a group the first segment with this name; undefined where it has none. */
export function firstOf({ segments }: Sequence, name: string): Segment | undefined {
  return segments.find((segment) => segment.name === name)
}

/** Of a group all segments with this name. */
export function allOf({ segments }: Sequence, name: string): readonly Segment[] {
  return segments.filter((segment) => segment.name === name)
}
