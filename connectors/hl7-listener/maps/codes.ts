/**
 * Code maps from HL7 v2 tables to FHIR codes, as the published v2-to-FHIR concept maps have them. Where ours differ, a
 * comment says why.
 */

/** Table 0001 → administrative-gender. */
export const gender: Readonly<Record<string, string>> = {
  F: 'female',
  M: 'male',
  O: 'other',
  A: 'other',
  N: 'other',
  U: 'unknown',
  // GB/T 2261.1, which Chinese systems send in PID-8.
  '0': 'unknown',
  '1': 'male',
  '2': 'female',
  '9': 'unknown',
}

/** Table 0004 → v3-ActCode; with the display of the standard. */
export const encounterClass: Readonly<Record<string, readonly [code: string, display: string]>> = {
  E: ['EMER', 'emergency'],
  I: ['IMP', 'inpatient encounter'],
  O: ['AMB', 'ambulatory'],
  P: ['PRENC', 'pre-admission'],
}

/** Table 0002 → v3-MaritalStatus. */
export const maritalStatus: Readonly<Record<string, readonly [code: string, display: string]>> = {
  A: ['L', 'Legally Separated'],
  E: ['L', 'Legally Separated'],
  D: ['D', 'Divorced'],
  M: ['M', 'Married'],
  S: ['S', 'Never Married'],
  W: ['W', 'Widowed'],
  C: ['C', 'Common Law'],
  G: ['T', 'Domestic partner'],
  P: ['T', 'Domestic partner'],
  R: ['T', 'Domestic partner'],
  N: ['A', 'Annulled'],
  I: ['I', 'Interlocutory'],
  B: ['U', 'unmarried'],
}

/** Table 0063 → v3-RoleCode. */
export const relationship: Readonly<Record<string, string>> = {
  SEL: 'ONESELF',
  SPO: 'SPS',
  DOM: 'SIGOTHR',
  CHD: 'CHILD',
  GCH: 'GRNDCHILD',
  NCH: 'NCHILD',
  SCH: 'STPCHLD',
  FCH: 'CHLDFOST',
  PAR: 'PRN',
  MTH: 'MTH',
  FTH: 'FTH',
  GRP: 'GRPRN',
  EXF: 'EXT',
  SIB: 'SIB',
  BRO: 'BRO',
  SIS: 'SIS',
  FND: 'FRND',
}

/** Table 0127 → allergy-intolerance-category; MA and MC say no category. */
export const allergyCategory: Readonly<Record<string, string>> = {
  DA: 'medication',
  FA: 'food',
  EA: 'environment',
  AA: 'biologic',
  PA: 'environment',
  LA: 'environment',
}

/** Table 0128 → allergy-intolerance-criticality. */
export const criticality: Readonly<Record<string, string>> = { SV: 'high', MI: 'low' }
/** Table 0128 → reaction-event-severity. */
export const reactionSeverity: Readonly<Record<string, string>> = { SV: 'severe', MO: 'moderate', MI: 'mild' }

/** Table 0038 → request-status. */
export const orderStatus: Readonly<Record<string, string>> = {
  CA: 'revoked',
  CM: 'completed',
  DC: 'revoked',
  ER: 'entered-in-error',
  HD: 'on-hold',
  IP: 'active',
  RP: 'revoked',
  SC: 'active',
  // Not in the published map: some, but not all, results are there.
  A: 'active',
}

/** Table 0119 → request-status, where ORC-5 says nothing. */
export const orderControl: Readonly<Record<string, string>> = {
  AF: 'active',
  // The published map leaves a cancel request active until the filler confirms; here the placer's word is the order's.
  CA: 'revoked',
  CR: 'revoked',
  DC: 'revoked',
  DF: 'revoked',
  DR: 'revoked',
  FU: 'completed',
  HD: 'on-hold',
  HR: 'on-hold',
  NW: 'active',
  OC: 'revoked',
  OD: 'revoked',
  OH: 'on-hold',
  OK: 'active',
  PR: 'active',
  RL: 'active',
  RO: 'active',
  RQ: 'active',
}

/** Table 0027 → request-priority. */
export const orderPriority: Readonly<Record<string, string>> = { S: 'stat', A: 'asap', R: 'routine' }

/** Table 0085 → observation-status; I, N, O, R, S, U and V are not in the published map. */
export const observationStatus: Readonly<Record<string, string>> = {
  A: 'amended',
  C: 'corrected',
  D: 'entered-in-error',
  F: 'final',
  I: 'registered',
  O: 'registered',
  P: 'preliminary',
  R: 'preliminary',
  S: 'preliminary',
  U: 'final',
  V: 'final',
  W: 'entered-in-error',
  X: 'cancelled',
}

/** Table 0123 → diagnostic-report-status. */
export const reportStatus: Readonly<Record<string, string>> = {
  O: 'registered',
  I: 'registered',
  S: 'registered',
  A: 'partial',
  P: 'preliminary',
  C: 'corrected',
  R: 'partial',
  F: 'final',
  X: 'cancelled',
}

/** Table 0078 → v3-ObservationInterpretation, which has the same codes. */
export const interpretation: Readonly<Record<string, string>> = {
  '<': 'Off scale low',
  '>': 'Off scale high',
  A: 'Abnormal',
  AA: 'Critical abnormal',
  B: 'Better',
  D: 'Significant change down',
  DET: 'Detected',
  E: 'Equivocal',
  H: 'High',
  HH: 'Critical high',
  HU: 'Significantly high',
  I: 'Intermediate',
  IND: 'Indeterminate',
  L: 'Low',
  LL: 'Critical low',
  LU: 'Significantly low',
  N: 'Normal',
  ND: 'Not detected',
  NEG: 'Negative',
  NR: 'Non-reactive',
  NS: 'Non-susceptible',
  POS: 'Positive',
  R: 'Resistant',
  RR: 'Reactive',
  S: 'Susceptible',
  U: 'Significant change up',
  W: 'Worse',
  WR: 'Weakly reactive',
}

/** Table 0200 → name-use. */
export const nameUse: Readonly<Record<string, string>> = {
  BAD: 'old',
  D: 'usual',
  L: 'official',
  R: 'official',
  M: 'maiden',
  MSK: 'anonymous',
  N: 'nickname',
  NAV: 'temp',
  TEMP: 'temp',
}

/** Table 0190 → address-use and address-type. */
export const addressUse: Readonly<Record<string, string>> = {
  BA: 'old',
  BI: 'billing',
  C: 'temp',
  B: 'work',
  O: 'work',
  H: 'home',
}
export const addressType: Readonly<Record<string, string>> = { M: 'postal', SH: 'postal' }

/** Table 0201 → contact-point-use; table 0202 → contact-point-system. A cellular phone (CP) is a phone of use mobile. */
export const telecomUse: Readonly<Record<string, string>> = { PRN: 'home', WPN: 'work', PRS: 'mobile' }
export const telecomSystem: Readonly<Record<string, string>> = {
  PH: 'phone',
  CP: 'phone',
  FX: 'fax',
  BP: 'pager',
  INTERNET: 'email',
  'X.400': 'email',
  MD: 'other',
  SAT: 'other',
  TDD: 'other',
  TTY: 'other',
}

/** Table 0052 → diagnosis-role. */
export const diagnosisRole: Readonly<Record<string, readonly [code: string, display: string]>> = {
  A: ['AD', 'Admission diagnosis'],
  F: ['DD', 'Discharge diagnosis'],
}

/** Table 0074 → observation-category: what a chart groups results by. Sections that belong to neither have none. */
export const observationCategory: Readonly<Record<string, 'laboratory' | 'imaging'>> = Object.fromEntries([
  ...[
    'LAB',
    'BG',
    'BLB',
    'CG',
    'CH',
    'CP',
    'GE',
    'HM',
    'IMM',
    'MB',
    'MCB',
    'MYC',
    'OSL',
    'SP',
    'SR',
    'TX',
    'VR',
  ].map((section) => [section, 'laboratory'] as const),
  ...['RAD', 'RX', 'CT', 'NMR', 'NMS', 'RUS', 'OUS', 'CUS', 'VUS', 'CTH', 'XRC'].map(
    (section) => [section, 'imaging'] as const,
  ),
])

/** Table 0203 codes that the identifiers of people and orders use; others are kept as text. */
export const identifierTypes: ReadonlySet<string> = new Set(
  'AN BR DL DN EI FILL HC LN MC MD MR MRT NI NNCHN NP NPI PI PLAC PN PPN PRN PT SB SS TAX VN XX'.split(' '),
)

/** Table 0396 → code system URI. */
export const codeSystems: Readonly<Record<string, string>> = {
  LN: 'http://loinc.org',
  LOINC: 'http://loinc.org',
  SCT: 'http://snomed.info/sct',
  SNM3: 'http://snomed.info/sct',
  I9: 'http://hl7.org/fhir/sid/icd-9-cm',
  I9C: 'http://hl7.org/fhir/sid/icd-9-cm',
  I10: 'http://hl7.org/fhir/sid/icd-10',
  ICD10: 'http://hl7.org/fhir/sid/icd-10',
  'ICD-10': 'http://hl7.org/fhir/sid/icd-10',
  I10C: 'http://hl7.org/fhir/sid/icd-10-cm',
  ICD11: 'http://id.who.int/icd/release/11/mms',
  RXNORM: 'http://www.nlm.nih.gov/research/umls/rxnorm',
  ATC: 'http://www.whocc.no/atc',
  WC: 'http://www.whocc.no/atc',
  CVX: 'http://hl7.org/fhir/sid/cvx',
  NDC: 'http://hl7.org/fhir/sid/ndc',
  UCUM: 'http://unitsofmeasure.org',
  DCM: 'http://dicom.nema.org/resources/ontology/DCM',
  C4: 'http://www.ama-assn.org/go/cpt',
}
