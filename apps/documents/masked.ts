/** A document is signed and versioned as it is, so who works under masks reads none and makes none. */
import type { Kernel } from '@xinglin/app'
import { forbidden } from '@xinglin/fhir'
import type { Actor } from '@xinglin/identity'

/** Throws `forbidden` for one who sees anything masked. */
export async function refuseMasked({ identity }: Pick<Kernel, 'identity'>, actor: Actor): Promise<void> {
  if ((await identity.masking.fieldsOf(actor)).size > 0)
    throw forbidden('a document holds what your role sees masked; ask somebody who sees it', {
      code: 'documents.masked',
    })
}
