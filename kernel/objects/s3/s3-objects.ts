/**
 * Objects at any endpoint that speaks Amazon's S3 protocol, named `<prefix><ab>/<64 hex digits>`, and under
 * `<prefix>passing/` what is kept for a time only.
 */

import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { busy, epochMs, fault } from '@xinglin/fhir'
import type { Logger } from '@xinglin/runtime'
import { checkRange } from '../byte-range.ts'
import {
  corrupt,
  digitsOf,
  hashOfPassing,
  nameOf,
  passingNameOf,
  startHash,
  verified,
} from '../object-hash.ts'
import type { ByteRange, Held, ObjectHash, Objects, PassingObjects } from '../objects.ts'
import { createVerifiedCache, type VerifiedCache } from '../verified-cache.ts'
import { parseS3Location, type S3Location } from './s3-location.ts'
import { type Spooled, spool } from './spool.ts'

export type S3ObjectsOptions = {
  readonly url: URL
  readonly log: Logger
  readonly credentials?: { readonly key: string; readonly secret: string }
}

// Waiting for a connection and for an answer; a stalled store must not hold a door's sender for minutes.
const connectTimeoutMs = 5_000
const answerTimeoutMs = 30_000
const attempts = 3
// Parts of large objects: the protocol's least is 5 MB; four at once are 32 MB of memory.
const partBytes = 8 * 1024 * 1024
const partsAtOnce = 4

type Place = { readonly client: S3Client; readonly location: S3Location }

/** Opens the store; the bucket must exist. */
export async function openS3Objects({ url, log, credentials }: S3ObjectsOptions): Promise<Objects> {
  const location = parseS3Location(url)
  const place = { client: createClient(location, credentials), location }
  const cache = createVerifiedCache(() => performance.now())
  log.info('objects are kept at an s3 endpoint', { bucket: location.bucket, endpoint: location.endpoint })
  return {
    put: (bytes, { maxBytes }) =>
      spool(bytes, maxBytes, async (spooled) => {
        const { hash, sizeBytes } = spooled
        const key = keyOf(place, hash)
        const present = await headObject(place, key)
        if (present?.sizeBytes !== sizeBytes) await store(place, key, spooled)
        return { hash, sizeBytes }
      }),
    get: (hash, range) => given(place, { key: keyOf(place, hash), hash }, { range, cache }),
    has: async (hash) => (await headObject(place, keyOf(place, hash))) !== undefined,
    erase: (hash) => removeKey(place, keyOf(place, hash)),
    health: async () => ({ kind: 's3', isWritable: await isReachable(place) }),
    passing: passingObjects(place, cache),
  }
}

function passingObjects(place: Place, cache: VerifiedCache): PassingObjects {
  const { client, location } = place
  const prefix = `${location.prefix}passing/`
  return {
    put: (bytes, { maxBytes }) =>
      spool(bytes, maxBytes, async (spooled) => {
        const name = passingNameOf(spooled.hash)
        await store(place, `${prefix}${name}`, spooled)
        return { name, sizeBytes: spooled.sizeBytes }
      }),
    async get(name, range) {
      const hash = hashOfPassing(name)
      return hash && given(place, { key: `${prefix}${name}`, hash }, { range, cache })
    },
    async remove(name) {
      if (hashOfPassing(name)) await removeKey(place, `${prefix}${name}`)
    },
    async removeBefore(at) {
      const pages = paginateListObjectsV2({ client }, { Bucket: location.bucket, Prefix: prefix })
      const listed = await asked(() => Array.fromAsync(pages, ({ Contents = [] }) => Contents))
      const old = listed
        .flat()
        .filter(({ LastModified }) => LastModified && LastModified.getTime() < epochMs(at))
      for (const { Key } of old) if (Key) await removeKey(place, Key)
      return old.length
    },
  }
}

/** One that is not there is no failure (Amazon S3 API, DeleteObject). */
async function removeKey({ client, location }: Place, Key: string): Promise<void> {
  await asked(() => client.send(new DeleteObjectCommand({ Bucket: location.bucket, Key })))
}

type Wanted = { readonly key: string; readonly hash: ObjectHash }

async function given(
  place: Place,
  wanted: Wanted,
  { range, cache }: { readonly range: ByteRange | undefined; readonly cache: VerifiedCache },
): Promise<Held | undefined> {
  const found = await headObject(place, wanted.key)
  if (!found) return undefined
  const object = { ...found, ...wanted }
  const bytes = range
    ? rangeOf(place, object, { range: checkRange(range, found.sizeBytes), cache })
    : verified(chunksOf(place, object), wanted.hash)
  return { sizeBytes: found.sizeBytes, bytes }
}

function createClient(location: S3Location, credentials: S3ObjectsOptions['credentials']): S3Client {
  return new S3Client({
    region: location.region,
    maxAttempts: attempts,
    requestHandler: { connectionTimeout: connectTimeoutMs, requestTimeout: answerTimeoutMs },
    // Stores other than Amazon's are addressed by path: their buckets have no host names.
    ...(location.endpoint ? { endpoint: location.endpoint, forcePathStyle: true } : {}),
    ...(credentials
      ? { credentials: { accessKeyId: credentials.key, secretAccessKey: credentials.secret } }
      : {}),
  })
}

function keyOf({ location }: Place, hash: ObjectHash): string {
  const digits = digitsOf(hash)
  return `${location.prefix}${digits.slice(0, 2)}/${digits}`
}

/** The endpoint checks the SHA-256 of a single request itself; a large object is asked for after its parts are joined. */
async function store(place: Place, key: string, { hash, sizeBytes, body }: Spooled): Promise<void> {
  const address = { Bucket: place.location.bucket, Key: key }
  await asked(async () => {
    if (body.kind === 'memory') {
      const checksum = Buffer.from(digitsOf(hash), 'hex').toString('base64')
      const put = { ...address, Body: body.bytes, ContentLength: sizeBytes, ChecksumSHA256: checksum }
      return place.client.send(new PutObjectCommand(put))
    }
    const params = { ...address, Body: body.open() }
    return new Upload({ client: place.client, params, partSize: partBytes, queueSize: partsAtOnce }).done()
  })
  if (body.kind === 'file' && (await headObject(place, key))?.sizeBytes !== sizeBytes)
    throw fault(`object ${hash} did not arrive whole at the s3 endpoint`, { code: 'objects.not-stored' })
}

type Found = { readonly sizeBytes: number; readonly etag: string }
type FoundObject = Found & Wanted

async function headObject({ client, location }: Place, key: string): Promise<Found | undefined> {
  try {
    const head = await client.send(new HeadObjectCommand({ Bucket: location.bucket, Key: key }))
    return { sizeBytes: head.ContentLength ?? 0, etag: head.ETag ?? '' }
  } catch (error) {
    if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404) return undefined
    throw unavailable(error)
  }
}

async function* chunksOf(
  place: Place,
  { key, etag }: FoundObject,
  range?: ByteRange,
): AsyncGenerator<Uint8Array, void, undefined> {
  const Range = range && `bytes=${range.startByte}-${range.endByteExclusive - 1}`
  const address = {
    ...{ Bucket: place.location.bucket, Key: key, IfMatch: etag },
    ...(Range ? { Range } : {}),
  }
  const { Body } = await asked(() => place.client.send(new GetObjectCommand(address)))
  if (Body) yield* Body as AsyncIterable<Uint8Array>
}

async function* rangeOf(
  place: Place,
  object: FoundObject,
  { range, cache }: { readonly range: ByteRange; readonly cache: VerifiedCache },
): AsyncGenerator<Uint8Array, void, undefined> {
  if (!cache.holds(object.hash, object.etag)) {
    const running = startHash()
    for await (const chunk of chunksOf(place, object)) running.update(chunk)
    if (nameOf(running) !== object.hash) throw corrupt(object.hash)
    cache.add(object.hash, object.etag)
  }
  yield* chunksOf(place, object, range)
}

async function isReachable({ client, location }: Place): Promise<boolean> {
  try {
    await client.send(new HeadBucketCommand({ Bucket: location.bucket }))
    return true
  } catch (error) {
    if (error instanceof Error) return false
    throw error
  }
}

async function asked<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    throw unavailable(error)
  }
}

/** The endpoint's own words stay in the cause; the sender keeps its copy and tries again. */
function unavailable(cause: unknown) {
  return busy('the s3 endpoint does not take or give objects now; see the log and XINGLIN_OBJECTS_URL', {
    code: 'objects.unavailable',
    cause,
  })
}
