/**
 * What a role sees of people's identities: GB/T 35273-2020 §6.4 (去标识化展示). Masked here, before anything leaves the
 * server; who sees a field masked may neither search nor sort by it, nor write the resources that hold it.
 */
import type { Actor } from '../identity.ts'

export const maskedFields = ['name', 'identity-number', 'phone', 'address'] as const
export type MaskedField = (typeof maskedFields)[number]

export const maskingPermissions = [
  { id: 'privacy.masking.read', title: { zh: '查看脱敏与水印设置', en: 'See masking and watermarks' } },
  { id: 'privacy.masking.write', title: { zh: '设定脱敏与水印', en: 'Set masking and watermarks' } },
] as const

export type RoleMask = {
  readonly role: string
  readonly title: { readonly zh: string; readonly en: string }
  readonly fields: readonly MaskedField[]
  readonly hasWatermark: boolean
}

export interface Masking {
  /** What the actor sees masked: what all of his roles see masked; empty for machine clients. */
  fieldsOf(actor: Actor): Promise<ReadonlySet<MaskedField>>
  /** Whether one of his roles asks for a watermark. */
  hasWatermark(actor: Actor): Promise<boolean>
  /** Of all roles of the institution. */
  list(by: Actor): Promise<readonly RoleMask[]>
  /** Acts within 3 s on everybody who has the role. */
  set(by: Actor, mask: Omit<RoleMask, 'title'> & { readonly reason: string }): Promise<void>
}
