/**
 * A small endpoint of Amazon's S3 protocol over real HTTP, for tests: objects in memory, each request's Signature
 * Version 4 recomputed from the secret, ranges, If-Match, checksums and multipart uploads as the protocol says.
 */

import { createHash, createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

export type S3Endpoint = {
  readonly url: string
  readonly objects: Map<string, Buffer>
  /** Method, path and query of each request that was taken, in order. */
  readonly requests: string[]
  /** Answers to the next requests, before the true ones: a status such as 503. */
  readonly failures: number[]
  close(): Promise<void>
}

type Keys = { readonly key: string; readonly secret: string }

/** Starts the endpoint with one bucket on a free port. */
export async function startS3Endpoint(bucket: string, keys: Keys): Promise<S3Endpoint> {
  const objects = new Map<string, Buffer>()
  const uploads = new Map<string, Map<number, Buffer>>()
  const requests: string[] = []
  const failures: number[] = []
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>))
    const url = new URL(request.url ?? '/', 'http://localhost')
    requests.push(`${request.method} ${url.pathname}`)
    const failure = failures.shift()
    if (failure) return answerError(response, failure, 'SlowDown')
    if (!isSigned(request, body, keys)) return answerError(response, 403, 'SignatureDoesNotMatch')
    const [, asked, ...rest] = url.pathname.split('/')
    if (asked !== bucket) return answerError(response, 404, 'NoSuchBucket')
    const key = decodeURIComponent(rest.join('/'))
    const content = payload(request, body)
    if (!hasRightChecksum(request, content)) return answerError(response, 400, 'BadDigest')
    answer({ request, response, url, key, content, objects, uploads })
  }
  const server = createServer((request, response) => {
    respond(request, response).catch((error: unknown) =>
      response.destroy(error instanceof Error ? error : undefined),
    )
  })
  await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    objects,
    requests,
    failures,
    close: () => new Promise((settle) => void server.close(() => settle()).closeAllConnections()),
  }
}

type Exchange = {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly url: URL
  readonly key: string
  readonly content: Buffer
  readonly objects: Map<string, Buffer>
  readonly uploads: Map<string, Map<number, Buffer>>
}

function answer(exchange: Exchange): ServerResponse {
  const { request, response, url, key, content, objects, uploads } = exchange
  const upload = url.searchParams.get('uploadId')
  if (request.method === 'GET' && url.searchParams.get('list-type') === '2')
    return response.end(listing(objects, url.searchParams.get('prefix') ?? ''))
  if (key === '') return response.end()
  if (request.method === 'DELETE') {
    objects.delete(key)
    return response.writeHead(204).end()
  }
  if (request.method === 'POST' && url.searchParams.has('uploads')) {
    const id = `upload-${uploads.size + 1}`
    uploads.set(id, new Map())
    return response.end(
      `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
    )
  }
  if (request.method === 'PUT' && upload) {
    uploads.get(upload)?.set(Number(url.searchParams.get('partNumber')), content)
    return response.setHeader('etag', etagOf(content)).end()
  }
  if (request.method === 'POST' && upload) {
    const parts = [...(uploads.get(upload) ?? [])].sort(([a], [b]) => a - b).map(([, part]) => part)
    objects.set(key, Buffer.concat(parts))
    return response.end(`<CompleteMultipartUploadResult><ETag>joined</ETag></CompleteMultipartUploadResult>`)
  }
  if (request.method === 'PUT') {
    objects.set(key, content)
    return response.setHeader('etag', etagOf(content)).end()
  }
  return give(exchange)
}

/** All of a prefix in one page, as if it had been put when the listing is asked for. */
function listing(objects: ReadonlyMap<string, Buffer>, prefix: string): string {
  const at = new Date().toISOString()
  const contents = [...objects]
    .filter(([key]) => key.startsWith(prefix))
    .map(
      ([key, { length }]) =>
        `<Contents><Key>${key}</Key><LastModified>${at}</LastModified><Size>${length}</Size></Contents>`,
    )
  return `<ListBucketResult><IsTruncated>false</IsTruncated>${contents.join('')}</ListBucketResult>`
}

function give({ request, response, key, objects }: Exchange): ServerResponse {
  const object = objects.get(key)
  if (!object) return answerError(response, 404, 'NoSuchKey')
  const wanted = request.headers['if-match']
  if (wanted && wanted !== etagOf(object)) return answerError(response, 412, 'PreconditionFailed')
  response.setHeader('etag', etagOf(object))
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')
  const bytes = range ? object.subarray(Number(range[1]), Number(range[2]) + 1) : object
  response.statusCode = range ? 206 : 200
  response.setHeader('content-length', bytes.length)
  return response.end(request.method === 'HEAD' ? undefined : bytes)
}

function answerError(response: ServerResponse, status: number, code: string): ServerResponse {
  return response
    .writeHead(status, { 'content-type': 'application/xml' })
    .end(`<Error><Code>${code}</Code></Error>`)
}

/** AWS Signature Version 4: the signature recomputed over method, path, query, signed headers and payload hash. */
function isSigned(request: IncomingMessage, body: Buffer, { key, secret }: Keys): boolean {
  const pattern =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/
  const match = pattern.exec(request.headers.authorization ?? '')
  if (!match || match[1] !== key) return false
  const [, , day = '', region = '', signedHeaders = '', signature] = match
  const url = new URL(request.url ?? '/', 'http://localhost')
  const query = [...url.searchParams]
    .map(([n, v]) => `${encode(n)}=${encode(v)}`)
    .sort()
    .join('&')
  const headers = signedHeaders
    .split(';')
    .map((name) => `${name}:${String(request.headers[name]).trim()}\n`)
    .join('')
  const payloadHash = String(request.headers['x-amz-content-sha256'])
  if (/^[0-9a-f]{64}$/.test(payloadHash) && payloadHash !== hex(body)) return false
  const canonical = [request.method, url.pathname, query, headers, signedHeaders, payloadHash].join('\n')
  const scope = `${day}/${region}/s3/aws4_request`
  const toSign = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], scope, hex(Buffer.from(canonical))].join(
    '\n',
  )
  const signing = [day, region, 's3', 'aws4_request'].reduce<string | Buffer>(
    (chain, part) => createHmac('sha256', chain).update(part).digest(),
    `AWS4${secret}`,
  )
  return createHmac('sha256', signing).update(toSign).digest('hex') === signature
}

/** The payload of an `aws-chunked` body (trailing checksums) or the body itself. */
function payload(request: IncomingMessage, body: Buffer): Buffer {
  if (!String(request.headers['content-encoding'] ?? '').includes('aws-chunked')) return body
  const parts: Buffer[] = []
  for (let offset = 0; ; ) {
    const lineEnd = body.indexOf('\r\n', offset)
    const length = Number.parseInt(body.toString('latin1', offset, lineEnd), 16)
    if (!length) return Buffer.concat(parts)
    parts.push(body.subarray(lineEnd + 2, lineEnd + 2 + length))
    offset = lineEnd + 2 + length + 2
  }
}

function hasRightChecksum(request: IncomingMessage, content: Buffer): boolean {
  const told = request.headers['x-amz-checksum-sha256']
  return told === undefined || told === createHash('sha256').update(content).digest('base64')
}

function etagOf(bytes: Buffer): string {
  return `"${createHash('md5').update(bytes).digest('hex')}"`
}

function hex(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function encode(value: string): string {
  return encodeURIComponent(value).replace(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
