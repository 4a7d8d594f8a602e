/** HL7 v3 PurposeOfUse (2.16.840.1.113883.5.8): why somebody looks at a record, each purpose with the wider one around it. */

export const purposeSystem = 'http://terminology.hl7.org/CodeSystem/v3-ActReason'

/** Treatment: why everybody in a hospital looks who does not say otherwise. */
export const ordinaryPurpose = 'TREAT'
export const breakGlassPurpose = 'BTG'

const parents: Readonly<Record<string, readonly string[]>> = {
  HOPERAT: [
    'CAREMGT DONAT FRAUD GOV HACCRED HCOMPL HDECD HDIRECT HDM HLEGAL HOUTCOMS HPRGRP HQUALIMP HSYSADMIN LABELING',
    'METAMGT MEMADMIN MILCDM PATADMIN PATSFTY PERFMSR RECORDMGT SYSDEV TRAIN',
  ],
  SYSDEV: ['HTEST'],
  HPAYMT: ['CLMATTCH COVAUTH COVERAGE REMITADV'],
  COVERAGE: ['ELIGDTRM ELIGVER ENROLLM MILDCRG'],
  HRESCH: ['BIORCH CLINTRCH DSRCH POARCH TRANSRCH'],
  CLINTRCH: ['CLINTRCHNPC CLINTRCHPC PRECLINTRCH'],
  PATRQT: ['FAMRQT PWATRNY SUPNWK'],
  PUBHLTH: ['DISASTER THREAT'],
  TREAT: ['CLINTRL COC ETREAT TREATDS POPHLTH'],
  ETREAT: ['BTG ERTREAT'],
}

const parentOf = new Map(
  Object.entries(parents).flatMap(([parent, children]) =>
    children.flatMap((line) => line.split(' ')).map((child) => [child, parent] as const),
  ),
)

const known: ReadonlySet<string> = new Set(['HMARKT', ...Object.keys(parents), ...parentOf.keys()])

/** Whether a code is of PurposeOfUse. */
export function isPurpose(code: string): boolean {
  return known.has(code)
}

/** A purpose and every wider one: what names one of them is about it. */
export function purposesAround(purpose: string): readonly string[] {
  const wider = parentOf.get(purpose)
  return wider === undefined ? [purpose] : [purpose, ...purposesAround(wider)]
}

/** PIPL articles 14 and 29: research and marketing look at a chart only where its patient has said so. */
const needPermission: ReadonlySet<string> = new Set(['HRESCH', 'HMARKT'])

/** Whether a purpose reaches only charts whose patients permit it. */
export function needsPermission(purpose: string): boolean {
  return purposesAround(purpose).some((each) => needPermission.has(each))
}
