/** Big bytes by content: images, documents, waveforms. An object's name is the SHA-256 of its bytes. */

import type { Instant } from '@xinglin/fhir'

export { type ObjectsOptions, openObjects } from './open-objects.ts'
export { hasSealedObjects, objectsMigrations, sealedObjects } from './sealed/sealed-objects.ts'

/** `sha256-<64 hex digits>`. */
export type ObjectHash = string & { readonly object: true }
export type StoredObject = { readonly hash: ObjectHash; readonly sizeBytes: number }
export type ByteRange = { readonly startByte: number; readonly endByteExclusive: number }

/** `passing-<uuid>-<64 hex digits>`: each put has a name of its own that bears the SHA-256 of its bytes. */
export type PassingName = string & { readonly passing: true }
export type Bytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>
export type Held = { readonly sizeBytes: number; readonly bytes: AsyncIterable<Uint8Array> }

export type PutOptions = {
  readonly maxBytes: number
  /**
   * Told the name as soon as all bytes have come, before they are durable: to prepare what commits after `put` settles.
   * Never called where the store cannot know it so early.
   */
  readonly named?: (stored: StoredObject) => void
}

export interface Objects {
  /**
   * Streams `bytes` in and answers only when file and directory are synced (or the S3 endpoint has confirmed).
   * More than `maxBytes` is refused with `tooLarge` and leaves nothing behind. Identical content is stored once.
   * A chunk is read before the next is asked for; its memory may be used again then.
   */
  put(bytes: Bytes, options: PutOptions): Promise<StoredObject>
  /**
   * The bytes of an object, or undefined where it is not held. The whole object is verified against its hash:
   * a mismatch fails the stream with `fault` (`objects.corrupt`) before its last byte is given out. A range is given
   * after the whole was read and verified; that holds for 10 minutes while the file's size and time stay the same.
   */
  get(hash: ObjectHash, range?: ByteRange): Promise<Held | undefined>
  has(hash: ObjectHash): Promise<boolean>
  /**
   * Takes the content out of the store for good (a person's data is erased); one that is not there is erased already. Who
   * calls has made sure that nobody else needs it: identical content is stored once. A store that keeps versions or copies
   * of its own, such as a versioned bucket, keeps them.
   */
  erase(hash: ObjectHash): Promise<void>
  /** Where the objects are and how much room is left; `freeBytes` is undefined for S3. */
  health(): Promise<{
    readonly kind: 'file' | 's3'
    readonly isWritable: boolean
    readonly freeBytes?: number
  }>
  /** What is kept for a time only. */
  readonly passing: PassingObjects
}

/**
 * Files that are fetched or read and then removed: exports, uploads. Identical content is not stored once here, so removing
 * one file takes nothing from anybody else.
 */
export interface PassingObjects {
  /** Durable when it answers, as `Objects.put`. */
  put(
    bytes: Bytes,
    options: Pick<PutOptions, 'maxBytes'>,
  ): Promise<{ readonly name: PassingName; readonly sizeBytes: number }>
  /** As `Objects.get`; undefined also for a text that is no such name. */
  get(name: string, range?: ByteRange): Promise<Held | undefined>
  /** One that is not there is removed already. */
  remove(name: string): Promise<void>
  /** Removes what was put before; answers how many. For what a crash left unnamed. */
  removeBefore(at: Instant): Promise<number>
}
