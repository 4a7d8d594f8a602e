/** The body of a request as a CDA document. */
import { CdaError, readRoot, type XmlNode } from '@xinglin/cda'
import { invalid } from '@xinglin/fhir'

/** Throws `invalid` (`documents.not-cda`) for a body that is no CDA document. */
export function rootOfBody(body: unknown): XmlNode {
  if (!Buffer.isBuffer(body))
    throw invalid('send the document as application/xml', { code: 'documents.not-cda' })
  try {
    return readRoot(body.toString('utf8'))
  } catch (error) {
    if (error instanceof CdaError) throw invalid(error.message, { code: 'documents.not-cda', cause: error })
    throw error
  }
}
