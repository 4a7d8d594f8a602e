/** Withdraws a consent (PIPL article 15): it is inactive from the commit on and stays in the record with its reason. */
import type { Command } from '@xinglin/app'
import { conflict, notFound, parseReference, type ResourceOf } from '@xinglin/fhir'
import { parseVersion } from '@xinglin/records'
import { privacyPermissions, type WithdrawConsent } from '../contract.ts'
import { bodyOf, idOf, textOf } from '../routes/input.ts'

export const withdrawConsent: Command<WithdrawConsent, undefined> = {
  name: 'withdraw-consent',
  permission: privacyPermissions.writeConsents,
  parse: (input) => ({ consent: idOf(bodyOf(input), 'consent'), reason: textOf(input, 'reason') }),
  subject: ({ consent }) => ({ resourceType: 'Consent', resourceId: consent }),
  run: async (unit, { consent: id, reason }) => {
    const version = await unit.read('Consent', id)
    if (!version || version.interaction === 'delete')
      throw notFound(`there is no Consent/${id}`, { code: 'privacy.no-consent', at: 'consent' })
    const consent: ResourceOf<'Consent'> = parseVersion(version, 'Consent')
    if (consent.status !== 'active')
      throw conflict(`Consent/${id} is ${consent.status} already`, {
        code: 'privacy.not-active',
        at: 'consent',
      })
    const patient = parseReference(consent.patient?.reference)?.id
    const said = {
      url: withdrawnUrl,
      extension: [
        { url: 'at', valueInstant: unit.at },
        { url: 'reason', valueString: reason },
      ],
    }
    await unit.write([
      {
        kind: 'update',
        ifVersion: version.version,
        resource: { ...consent, status: 'inactive', extension: [...(consent.extension ?? []), said] },
      },
    ])
    unit.state({
      kind: 'privacy.consent-withdrawn',
      resourceType: 'Consent',
      resourceId: id,
      ...(patient ? { patient } : {}),
    })
    return undefined
  },
}

/** R4 has no element for it. */
const withdrawnUrl = 'urn:xinglin:consent-withdrawn'
