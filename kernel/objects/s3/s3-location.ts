/** The parts of an `s3:` URL: `s3://bucket/prefix?endpoint=https://host:port&region=name`. */

import { invalid } from '@xinglin/fhir'

export type S3Location = {
  readonly bucket: string
  /** '' or ending in '/'. */
  readonly prefix: string
  /** Absent: Amazon's own for the region. */
  readonly endpoint?: string
  readonly region: string
}

/** Throws `invalid` (`objects.url`) where the bucket is missing or the endpoint is no http address. */
export function parseS3Location(url: URL): S3Location {
  const endpoint = url.searchParams.get('endpoint') ?? undefined
  if (url.hostname === '') throw refusal('names no bucket')
  if (endpoint !== undefined && !/^https?:\/\//.test(endpoint))
    throw refusal('has an endpoint without http or https')
  const path = url.pathname.replace(/^\/+|\/+$/g, '')
  return {
    bucket: url.hostname,
    prefix: path === '' ? '' : `${path}/`,
    region: url.searchParams.get('region') ?? 'us-east-1',
    ...(endpoint ? { endpoint } : {}),
  }
}

function refusal(what: string) {
  return invalid(
    `the address of the objects ${what}; write s3://bucket/prefix?endpoint=https://host&region=name`,
    {
      code: 'objects.url',
    },
  )
}
