/** Opens the store that a URL names: `file:` on this machine, `s3:` at any endpoint that speaks Amazon's S3 protocol. */

import { invalid } from '@xinglin/fhir'
import type { Logger } from '@xinglin/runtime'
import { openFileObjects } from './file/file-objects.ts'
import type { Objects } from './objects.ts'

export type ObjectsOptions = {
  /** `file:/absolute/folder` or `s3://bucket/prefix?endpoint=https://host:port&region=…`. */
  readonly url: string
  readonly log: Logger
  /** For `s3:`; absent: the SDK's own ways (instance role, environment). */
  readonly credentials?: { readonly key: string; readonly secret: string }
}

/** Throws `invalid` (`objects.url`) for a URL of another kind. */
export async function openObjects({ url, log, credentials }: ObjectsOptions): Promise<Objects> {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed?.protocol === 'file:') return openFileObjects({ url: parsed, log })
  if (parsed?.protocol === 's3:') {
    // Loaded only here: the SDK takes 0.4 s and 40 MB, which a machine with local objects is spared.
    const { openS3Objects } = await import('./s3/s3-objects.ts')
    return openS3Objects({ url: parsed, log, credentials })
  }
  throw invalid('objects are kept at file:/absolute/folder or s3://bucket/prefix?endpoint=…', {
    code: 'objects.url',
  })
}
