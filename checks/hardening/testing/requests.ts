/**
 * What an attacker asks who knows the ids, names and numbers of what he may not see, and only wants to learn whether it is there.
 * Looks come first; what follows tries to write and changes the same in each hospital.
 */
import { studyOf } from './ct-slice.ts'

export type Asked = {
  readonly method: string
  /** From the root of the server. */
  readonly url: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** Ids that are hidden, seen, and never were. */
const patients = ['vera', 'cai', 'twin', 'asha', 'nobody']
const fhir = (path: string): Asked => ({ method: 'GET', url: `/fhir/R4/${path}` })
const fhirJson = { 'content-type': 'application/fhir+json' }
const send = (method: string, path: string, body: unknown, headers: object = {}): Asked => ({
  method,
  url: `/fhir/R4/${path}`,
  body,
  headers: { ...fhirJson, ...headers },
})

/** Conditions by every type of search parameter, most of which only hidden resources meet. */
const conditions = [
  // string
  ...[
    'family=Vip',
    'name=Cai',
    'name:contains=ip',
    'name:exact=Zhang',
    'given=Xiao',
    'address-city=City',
    'address:contains=Road',
  ].map((query) => `Patient?${query}`),
  ...['phonetic=Vip', 'name:missing=true', '_text=Vip', '_content=Cai'].map((query) => `Patient?${query}`),
  // token
  ...[
    'identifier=MRN-vera',
    'identifier=urn:mrn|MRN-cai',
    'gender=female',
    'telecom=13800001971',
    'phone=13800001966',
  ].map((query) => `Patient?${query}`),
  'Patient?_id=vera',
  'Patient?_id=vera,asha,cai',
  'Patient?_security=http://terminology.hl7.org/CodeSystem/v3-ActCode|VIP',
  'Patient?_security:not=VIP',
  'Patient?active:not=false',
  'Patient?language=zh',
  'Observation?_security=HIV',
  'Observation?_security:missing=false',
  'Observation?code=75622-1',
  'Observation?code:not=15074-8',
  'Observation?code:text=Test',
  'Observation?identifier=LAB-vera-glucose',
  'Observation?category=laboratory',
  'Observation?status=final',
  'Flag?status=active',
  // reference
  ...['vera', 'cai', 'nobody'].flatMap((id) => [
    `Observation?subject=Patient/${id}`,
    `Observation?patient=${id}`,
    `Observation?encounter=Encounter/${id}-stay`,
    `DiagnosticReport?result=Observation/${id}-glucose`,
    `ImagingStudy?patient=${id}`,
    `Task?patient=${id}`,
    `Appointment?actor=Patient/${id}`,
    `List?item=Condition/${id}-condition`,
    `Provenance?target=Observation/${id}-glucose`,
    `AllergyIntolerance?patient:Patient=${id}`,
  ]),
  'Observation?performer=Practitioner/wang',
  'Encounter?participant=Practitioner/wang',
  'Encounter?service-provider=Organization/house',
  'Encounter?location=Location/ward',
  'Observation?subject:missing=true',
  'Observation?subject:identifier=urn:mrn|MRN-vera',
  'DiagnosticReport?result=Observation/asha-hiv',
  'Observation?derived-from=Observation/asha-glucose',
  'Provenance?recorded=ge2026',
  // quantity, number, date, composite, uri
  'Observation?value-quantity=gt20',
  'Observation?value-quantity=ap33',
  'Observation?value-quantity=21||mmol/L',
  'Observation?code-value-quantity=15074-8$gt20',
  'Observation?combo-code=75622-1',
  'Observation?date=ge2026-02-01',
  'Observation?_lastUpdated=gt2020-01-01',
  'Patient?_lastUpdated=le2027-01-01',
  'Patient?birthdate=lt1975-01-01',
  'Patient?birthdate=ap1966-06-06',
  'Encounter?date=2026-02-19',
  'Appointment?date=ge2026-03-01',
  'ImagingStudy?modality=CT',
  `ImagingStudy?identifier=urn:dicom:uid|urn:oid:${studyOf('vera')}`,
  'Patient?_profile=http://nowhere.test/profile',
  'Patient?_source=urn:nowhere',
  // chains and what points at
  'Observation?patient.family=Vip',
  'Observation?subject:Patient.birthdate=lt1975',
  'Observation?encounter.participant=Practitioner/wang',
  'Observation?encounter:Encounter.subject:Patient.family=Cai',
  'DiagnosticReport?result.value-quantity=gt20',
  'DiagnosticReport?result.code=75622-1',
  'Provenance?target:Observation.value-quantity=gt20',
  'Patient?_has:Observation:patient:value-quantity=gt20',
  'Patient?_has:Observation:patient:code=75622-1',
  'Patient?_has:DiagnosticReport:patient:_security=PSY',
  'Patient?_has:Flag:patient:status=active',
  'Practitioner?_has:Observation:performer:value-quantity=gt20',
  'Organization?_has:Encounter:service-provider:status=in-progress',
  'Organization?_has:Patient:organization:family=Vip',
  'Observation?_has:DiagnosticReport:result:_security=PSY',
  'Encounter?_has:Observation:encounter:code=75622-1',
  'Location?_has:Encounter:location:subject=Patient/vera',
  'Condition?_list=vera-list',
  'Condition?_list=asha-list',
  'Patient?_filter=family eq "Vip"',
  'Observation?_filter=value-quantity gt 20',
  'Observation?_filter=patient.family eq "Cai" or code eq 75622-1',
  'Patient?_type=Patient',
  'Practitioner?name=Wang',
] as const

/** Questions whose answers could tell by what they bring along, how they are sorted, counted and paged. */
const shapes = [
  'Patient?_revinclude=*',
  'Patient?_revinclude=Observation:subject&_revinclude=Flag:patient',
  'Patient?_revinclude=Provenance:target',
  'Organization?_revinclude=Encounter:service-provider&_revinclude=Patient:organization',
  'Organization?_revinclude=Patient:organization&_revinclude:iterate=Observation:subject',
  'Practitioner?_revinclude=Observation:performer',
  'Location?_revinclude=Encounter:location',
  'Observation?_include=*',
  'Observation?_include=Observation:encounter&_include:iterate=Encounter:subject',
  'Observation?_revinclude=DiagnosticReport:result',
  'Observation?_revinclude=Observation:derived-from',
  'Encounter?_revinclude=Observation:encounter&_revinclude=DiagnosticReport:encounter',
  'DiagnosticReport?_include=DiagnosticReport:result',
  'List?_include=List:item',
  ...[
    'family',
    '-family',
    'birthdate',
    '-_lastUpdated',
    '_id',
    'general-practitioner',
    'gender,-birthdate',
  ].map((key) => `Patient?_sort=${key}&_count=1`),
  ...['value-quantity', '-value-quantity', 'date', 'code', 'patient', '-_lastUpdated', 'status'].map(
    (key) => `Observation?_sort=${key}&_count=1`,
  ),
  'Patient?_elements=id,name&_count=1',
  'Patient?_summary=true',
  'Patient?_summary=data&_total=accurate',
  'Observation?_elements=valueQuantity&_count=2&_total=accurate',
  'Observation?_total=none&_count=1',
  'Observation?_count=0',
  'Observation?_contained=both&code=15074-8',
  '?_type=Patient,Observation&_total=accurate&_count=2',
  '?_type=Flag,Condition&_summary=count',
  '?_id=vera',
  '?_lastUpdated=gt2020-01-01&_summary=count',
  'Patient/asha/*',
  'Patient/vera/*',
  'Patient/vera/Observation',
  'Patient/asha/Observation?code=75622-1&_summary=count',
  'Encounter/vera-stay/Observation',
  'Encounter/asha-stay/*',
  'Practitioner/wang/*',
  'Practitioner/li/Encounter',
  ...['cai', 'vera'].map((id) => `Observation?patient=${id}&_asOf=2026-03-02`),
  'Observation?patient=asha&_asOf=2026-03-02',
  'Observation?_page=WyIxIl0',
]

const named = (id: string) => [
  `Patient/${id}`,
  `Observation/${id}-glucose`,
  `Encounter/${id}-stay`,
  `DocumentReference/${id}-document`,
  `Provenance/${id}-provenance`,
  `Observation/${id}-glucose-2`,
]

const reads = [
  ...patients.flatMap(named),
  ...['Observation/asha-hiv', 'DiagnosticReport/asha-psychiatry', 'Flag/asha-flag', 'Flag/none'],
]

const operations: readonly Asked[] = [
  ...['vera', 'cai', 'asha', 'nobody'].flatMap((id) => [
    fhir(`Patient/${id}/$everything`),
    fhir(`Encounter/${id}-stay/$everything`),
    fhir(`Patient/${id}/$meta`),
    fhir(`Observation/${id}-glucose/$meta`),
    fhir(`Observation/$lastn?patient=Patient/${id}`),
    fhir(`Patient/${id}/$diff?from=1`),
    fhir(`Patient/$ihe-pix?sourceIdentifier=urn:mrn|MRN-${id}`),
    fhir(`Composition/${id}/$document`),
    fhir(`Patient/${id}?_asOf=2026-03-02`),
    fhir(`Patient/${id}?_elements=name`),
    { ...fhir(`Patient/${id}`), headers: { 'if-none-match': 'W/"1"' } },
    { ...fhir(`Patient/${id}`), headers: { 'if-modified-since': 'Mon, 02 Mar 2026 10:00:00 GMT' } },
    { ...fhir(`Patient/${id}`), headers: { accept: 'application/fhir+xml' } },
    { ...fhir(`Patient/${id}`), method: 'HEAD' },
  ]),
  fhir('$meta'),
  fhir('Patient/$meta'),
  fhir('Observation/$meta'),
  fhir('metadata'),
  ...[
    { family: 'Vip', birthDate: '1971-07-07' },
    { family: 'Zhang', birthDate: '1980-01-02' },
    { family: 'Cai', birthDate: '1966-06-06' },
  ].map(({ family, birthDate }) =>
    send('POST', 'Patient/$match', {
      resourceType: 'Patient',
      name: [{ family, given: ['Xiao'], text: `${family}Xiao` }],
      gender: 'female',
      birthDate,
    }),
  ),
  ...[
    '{ Patient(id: "vera") { id } }',
    '{ Patient(id: "asha") { id ObservationList(_reference: subject) { id code { text } } FlagList(_reference: patient) { id } } }',
    '{ PatientList(family: "Vip") { id } }',
    '{ PatientConnection { count edges { resource { id } } } }',
    '{ ObservationConnection(_count: 2) { count offset edges { resource { id } } } }',
    '{ ObservationList(code: "15074-8") { id subject { resource { ... on Patient { id } } } } }',
    '{ DiagnosticReportList { id result { resource { ... on Observation { id } } } } }',
  ].map((query) => send('POST', '$graphql', { query }, { 'content-type': 'application/json' })),
]

const histories = [
  ...['vera', 'cai', 'asha', 'nobody'].flatMap((id) => [
    `Patient/${id}/_history`,
    `Patient/${id}/_history/1`,
    `Patient/${id}/_history/9`,
    `Observation/${id}-glucose-2/_history`,
    `Patient/${id}/_history?_since=2020-01-01T00:00:00Z`,
  ]),
  'Patient/_history?_count=1',
  'Observation/_history?_count=3',
  'Observation/_history?_since=2020-01-01T00:00:00Z',
  '_history?_count=5',
  '_history?_at=2026-03-02',
  'Flag/_history',
]

const images = [
  ...[
    '',
    '?PatientName=vera*',
    '?PatientName=*',
    '?PatientID=MRN-cai',
    '?PatientID=MRN-asha',
    '?ModalitiesInStudy=CT&limit=1',
    '?limit=1&offset=1',
    '?StudyDate=20260101-20261231&includefield=all',
    `?StudyInstanceUID=${studyOf('vera')}`,
    '?AccessionNumber=ACC-vera',
    '?fuzzymatching=true&PatientName=cai',
  ].map((query) => `/studies${query}`),
  '/series',
  '/series?Modality=CT',
  '/instances?limit=2',
  ...['vera', 'cai', 'asha', 'nobody'].flatMap((id) => [
    `/studies/${studyOf(id)}`,
    `/studies/${studyOf(id)}/metadata`,
    `/studies/${studyOf(id)}/series`,
    `/studies/${studyOf(id)}/series/${studyOf(id)}.1/instances`,
    `/studies/${studyOf(id)}/series/${studyOf(id)}.1/instances/${studyOf(id)}.1.1/frames/1`,
    `/studies/${studyOf(id)}/rendered`,
  ]),
].map((path): Asked => ({ method: 'GET', url: `/dicom-web${path}` }))

const json = { 'content-type': 'application/json' }
const rooms: readonly Asked[] = [
  ...['Vip', 'Cai', 'Zhang', 'MRN-vera', '1971', '8000', 'X'].map(
    (text): Asked => ({ method: 'POST', url: '/api/chart/find', body: { text }, headers: json }),
  ),
  ...['vera', 'cai', 'asha', 'nobody'].flatMap((id) =>
    [
      ...[
        'record',
        'results',
        'timeline',
        'moments',
        'trend?test=15074-8',
        `sources/Observation/${id}-glucose`,
      ].map((part) => `chart/patients/${id}/${part}`),
      `chart/patients/${id}/record?asOf=2026-03-02`,
      `chart/patients/${id}/documents/DocumentReference/${id}-document`,
      `imaging/studies/${id}`,
      `imaging/viewer/${studyOf(id)}`,
      `privacy/patients/${id}/consents`,
      `record-explorer/resources/Patient/${id}/versions`,
      `master-index/pairs/asha/${id}`,
    ].map((path): Asked => ({ method: 'GET', url: `/api/${path}` })),
  ),
  ...[
    'chart/recent',
    'record-explorer/types',
    'master-index/pairs',
    'master-index/merges',
    'privacy/glass',
  ].map((path): Asked => ({ method: 'GET', url: `/api/${path}` })),
  { method: 'POST', url: '/api/privacy/patients/find', body: { text: 'Vip' }, headers: json },
  { method: 'POST', url: '/api/privacy/glass/find', body: { text: 'MRN-nobody' }, headers: json },
  { method: 'POST', url: '/api/chart/recent', body: { patient: 'vera' }, headers: json },
  { method: 'POST', url: '/api/chart/recent', body: { patient: 'nobody' }, headers: json },
  { method: 'GET', url: '/api/chart/recent' },
]

const note = (id: string | undefined, of: string) => ({
  resourceType: 'Observation',
  ...(id === undefined ? {} : { id }),
  status: 'final',
  code: { text: 'note' },
  subject: { reference: `Patient/${of}` },
})
const patch = [{ op: 'replace', path: '/status', value: 'amended' }]
const jsonPatch = { 'content-type': 'application/json-patch+json' }
const bundle = (
  type: string,
  ...entries: readonly (readonly [method: string, url: string, resource?: object])[]
) =>
  send('POST', '', {
    resourceType: 'Bundle',
    type,
    entry: entries.map(([method, url, resource]) => ({
      ...(resource ? { resource } : {}),
      request: { method, url },
    })),
  })

/** Writes that try ids, charts, versions and conditions. A service may learn that an id that it names is taken: it is not asked those. */
const writes = ({ isPerson, ids }: Attacker): readonly Asked[] => [
  ...ids.flatMap((id) => [
    ...(isPerson
      ? [
          send('PUT', `Observation/${id}-glucose`, note(`${id}-glucose`, 'asha')),
          send('POST', 'Observation', note(undefined, id)),
          send('POST', 'Observation', note(undefined, 'asha'), {
            'if-none-exist': `identifier=LAB-${id}-glucose`,
          }),
          send('PUT', `Observation?identifier=LAB-${id}-glucose`, note(undefined, 'asha')),
          send('PUT', `Patient/${id}`, { resourceType: 'Patient', id }),
          bundle('transaction', ['PUT', `Observation/${id}-glucose`, note(`${id}-glucose`, 'asha')]),
          bundle('batch', ['PUT', `Observation/${id}-glucose`, note(`${id}-glucose`, 'asha')]),
        ]
      : []),
    send('PUT', `Observation/${id}-glucose`, note(`${id}-glucose`, 'asha'), { 'if-match': 'W/"1"' }),
    send('PUT', `Observation/${id}-glucose`, note(`${id}-glucose`, 'asha'), { 'if-match': 'W/"2"' }),
    send('PATCH', `Observation/${id}-glucose`, patch, jsonPatch),
    send('PATCH', `Observation?identifier=LAB-${id}-glucose`, patch, jsonPatch),
    { method: 'DELETE', url: `/fhir/R4/Observation/${id}-glucose` },
    { method: 'DELETE', url: `/fhir/R4/Observation/${id}-glucose-2` },
    { method: 'DELETE', url: `/fhir/R4/Observation?identifier=LAB-${id}-glucose` },
    bundle(
      'batch',
      ['GET', `Patient/${id}`],
      ['GET', `Observation?patient=${id}`],
      ['DELETE', `Observation/${id}-glucose`],
    ),
    bundle('transaction', ['GET', `Patient/${id}`]),
    bundle('transaction', [
      'POST',
      'Observation',
      { ...note(undefined, 'asha'), focus: [{ reference: `Patient?identifier=MRN-${id}` }] },
    ]),
    send('POST', 'Observation', { ...note(undefined, 'asha'), focus: [{ reference: `Patient/${id}` }] }),
    send('POST', `Patient/${id}/$meta-add`, {
      resourceType: 'Parameters',
      parameter: [{ name: 'meta', valueMeta: { tag: [{ code: 'x' }] } }],
    }),
    send('POST', `Patient/${id}/$validate?mode=delete`, undefined),
    send('POST', 'Subscription', {
      resourceType: 'Subscription',
      status: 'requested',
      reason: 'attack',
      criteria: `Observation?patient=${id}`,
      channel: { type: 'websocket', payload: 'application/fhir+json' },
    }),
  ]),
  // What was written before is seen by who wrote it, and leads nowhere.
  fhir('Observation?focus.family=Vip'),
  fhir('Observation?_include=Observation:focus&code:text=note'),
  fhir('Patient?_has:Observation:focus:status=final'),
]

/** Who attacks, and under which ids he tries to write. */
export type Attacker = { readonly isPerson: boolean; readonly ids: readonly string[] }

/** The whole attack, in order. */
export function attack(attacker: Attacker): readonly Asked[] {
  return [
    ...conditions.flatMap((query) => [
      fhir(query),
      fhir(`${query}&_summary=count`),
      fhir(`${query}&_total=accurate&_count=1`),
    ]),
    ...conditions
      .filter((_, place) => place % 5 === 0)
      .map((query) => fhir(`${query}&_total=estimate&_sort=_lastUpdated`)),
    ...[...shapes, ...reads, ...histories].map(fhir),
    ...operations,
    ...images,
    ...rooms,
    ...writes(attacker),
  ]
}
