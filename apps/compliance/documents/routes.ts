/** `GET /api/compliance/documents/<type>/<id>/<version>`: whether the platform signed this version, and whether that holds. */
import type { Kernel } from '@xinglin/app'
import { invalid, notFound, type Resource } from '@xinglin/fhir'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import type { DocumentSignature } from '../contract.ts'
import { bytesOf, timeStamperOf } from './sign-document.ts'
import { isSignedType, provenanceId, sealOf, signingPurpose } from './signature.ts'

type Asked = { readonly type: string; readonly id: string; readonly version: string }

export function documentRoutes(http: FastifyInstance, kernel: Kernel): void {
  http.get<{ Params: Asked }>(
    '/documents/:type/:id/:version',
    async (request): Promise<DocumentSignature> => {
      const { type, id, version: number } = request.params
      if (!isSignedType(type) || !/^[1-9]\d{0,8}$/.test(number))
        throw invalid('ask for Composition or DocumentReference, an id and a version', {
          code: 'compliance.document',
        })
      const records = kernel.identity.recordsFor(requireActor(request))
      const version = await records.readVersion(type, id, Number(number))
      if (!version) throw notFound('there is no such version', { code: 'compliance.no-document' })
      const found = await records.read('Provenance', provenanceId(version))
      if (!found) return { isSigned: false }
      const seal = sealOf(JSON.parse(found.json) as Resource)
      const { key, algorithm, timeStamp } = seal
      const isValid = await kernel.keys.verify(bytesOf(version), seal, signingPurpose)
      const stamper = timeStamp ? await timeStamperOf(kernel) : undefined
      const stamp = timeStamp ? stamper?.verify(Buffer.from(seal.value, 'base64'), timeStamp) : undefined
      return {
        ...{ isSigned: true, isValid, key, algorithm },
        ...(stamp ? { stampedAt: stamp.at, stampedBy: stamp.authority } : {}),
      }
    },
  )
}
