/** What a reader tells while it walks through a dataset, and what the listener wants of each value. */
import type { Tag, Vr } from './dictionary.ts'

export type ElementHeader = {
  readonly tag: Tag
  readonly vr: Vr
  /** Bytes of the value; undefined where a delimiter ends it. */
  readonly length: number | undefined
  /** Where the value starts, in bytes of the (inflated) stream. */
  readonly valueOffset: number
  /** 0 in the dataset itself, 1 in the items of a sequence of it, and so on. */
  readonly depth: number
  readonly isLittleEndian: boolean
}

/** `keep`: give the whole value; `stream`: give it in pieces as they come; `skip`: pass over it; `stop`: read no further. */
export type Wish = 'keep' | 'stream' | 'skip' | 'stop'

export interface Visitor {
  /** Asked before each value that is no sequence; encapsulated pixel data and each of its fragments too. */
  wish(header: ElementHeader): Wish
  value?(header: ElementHeader, bytes: Uint8Array): void
  piece?(header: ElementHeader, bytes: Uint8Array): void
  beginSequence?(header: ElementHeader): void
  beginItem?(): void
  endItem?(): void
  endSequence?(): void
  beginFragments?(header: ElementHeader): void
  /** One fragment (PS3.5 §A.4); the first is the basic offset table. Its bytes follow as `value` or `piece`. */
  fragment?(header: ElementHeader, index: number): void
  endFragments?(): void
}
