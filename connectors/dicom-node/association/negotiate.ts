/** PS3.8 §7.1.1.13 and PS3.7 §D.3: which associations and presentation contexts are accepted. */
import {
  isStorageSopClass,
  type TransferSyntax,
  transferSyntaxOf,
  verificationSopClass,
} from '@xinglin/dicom'
import {
  type AssociateReject,
  type AssociateRequest,
  contextResults,
  type DecidedContext,
  type ProposedContext,
} from '@xinglin/dicom/network'

export type AcceptedContext = { readonly abstractSyntax: string; readonly transferSyntax: TransferSyntax }

/** PS3.8 table 9-21: rejected-permanent by the service user, called AE title not recognised. */
const calledAeUnknown: AssociateReject = { result: 1, source: 1, reason: 7 }
/** Rejected-transient by the service provider (presentation), local limit exceeded. */
export const localLimitExceeded: AssociateReject = { result: 2, source: 3, reason: 2 }

/** Why an association is refused as a whole; undefined where it may go on. AE titles differ in case in practice. */
export function rejectionOf(request: AssociateRequest, aeTitle: string): AssociateReject | undefined {
  return request.calledAe.toUpperCase() === aeTitle.toUpperCase() ? undefined : calledAeUnknown
}

/** The answer to each proposed context, and the accepted ones by id. The sender's order of preference is kept. */
export function decideContexts(proposed: readonly ProposedContext[]): {
  decided: readonly DecidedContext[]
  accepted: ReadonlyMap<number, AcceptedContext>
} {
  const accepted = new Map<number, AcceptedContext>()
  const decided = proposed.map((context): DecidedContext => {
    const isServed =
      context.abstractSyntax === verificationSopClass || isStorageSopClass(context.abstractSyntax)
    const first = context.transferSyntaxes[0] ?? ''
    if (!isServed)
      return { id: context.id, result: contextResults.abstractSyntaxNotSupported, transferSyntax: first }
    const transferSyntax = firstKnown(context.transferSyntaxes)
    if (!transferSyntax)
      return { id: context.id, result: contextResults.transferSyntaxesNotSupported, transferSyntax: first }
    accepted.set(context.id, { abstractSyntax: context.abstractSyntax, transferSyntax })
    return { id: context.id, result: contextResults.acceptance, transferSyntax: transferSyntax.uid }
  })
  return { decided, accepted }
}

function firstKnown(uids: readonly string[]): TransferSyntax | undefined {
  for (const uid of uids) {
    const syntax = transferSyntaxOf(uid)
    if (syntax) return syntax
  }
  return undefined
}
