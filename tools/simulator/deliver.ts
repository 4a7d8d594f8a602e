/** Facts become what the hospital's systems send: each to its door, a patient's facts one after the other. */
import { setTimeout as pause } from 'node:timers/promises'
import type { FhirClient, Instance, MllpClient, ScannerClient } from '@xinglin/client'
import type { Fact, Story } from './clinic/story.ts'
import type { Hospital } from './hospital/hospital.ts'
import { makeInstances } from './images/instances.ts'
import { createRandom } from './random.ts'
import { noteBundle, prescriptionBundle } from './speak/fhir-bundles.ts'
import * as hl7 from './speak/hl7-messages.ts'

export type Clients = {
  readonly mllp: MllpClient
  readonly fhir: FhirClient
  readonly scanner: ScannerClient
}
/** What a door said: `accepted`, or the reason why not. */
export type Delivery = {
  readonly door: 'hl7v2' | 'fhir' | 'dicom'
  readonly isAccepted: boolean
  readonly reason?: string
}

/** MSH-18 of the simulated systems; the bytes sent are UTF-8. */
const charset = 'UNICODE UTF-8'
/** AR says: not now, send it again (HL7 v2.5.1 table 0008). */
const maxTries = 60
const retryDelayMs = 1000

/** Sends one fact; the control id is the same each time it is told, so that a fact told twice is known. */
export async function deliver(
  clients: Clients,
  hospital: Hospital,
  story: Story,
  fact: Fact,
  index: number,
): Promise<Delivery> {
  switch (fact.kind) {
    case 'prescribed':
      return viaFhir(clients.fhir, prescriptionBundle(story, fact.visit, fact.prescription))
    case 'noted':
      return viaFhir(clients.fhir, noteBundle(story, fact.visit, fact.at))
    case 'imaged':
      return viaDicom(
        clients.scanner,
        makeInstances(createRandom(Number(story.person.mrn)), story, fact.study, hospital),
      )
    default:
      return viaHl7(
        clients.mllp,
        hl7Message(story, fact, { hospital, controlId: `${fact.visit.number}-${index}`, charset }),
      )
  }
}

type Hl7Fact = Exclude<Fact, { kind: 'prescribed' | 'noted' | 'imaged' }>

function hl7Message(story: Story, fact: Hl7Fact, envelope: hl7.Envelope): string {
  switch (fact.kind) {
    case 'arrived':
      return hl7.arrival(story, fact.visit, envelope)
    case 'diagnosed':
      return hl7.diagnosis(story, fact.visit, fact.at, envelope)
    case 'ordered-laboratory':
      return hl7.laboratoryOrder(story, fact.visit, fact.report, envelope)
    case 'resulted':
      return hl7.laboratoryReport(story, fact.visit, fact.report, envelope)
    case 'ordered-imaging':
      return hl7.imagingOrder(story, fact.visit, fact.study, envelope)
    case 'reported':
      return hl7.imagingReport(story, fact.visit, fact.study, envelope)
    case 'left':
      return hl7.departure(story, fact.visit, fact.at, envelope)
  }
}

async function viaHl7(mllp: MllpClient, message: string): Promise<Delivery> {
  const bytes = Buffer.from(message, 'utf8')
  let answer = await mllp.send(bytes)
  for (let tries = 1; answer.code === 'AR' && tries < maxTries; tries++) {
    await pause(retryDelayMs)
    answer = await mllp.send(bytes)
  }
  const isAccepted = answer.code === 'AA' || answer.code === 'CA'
  return { door: 'hl7v2', isAccepted, ...(isAccepted ? {} : { reason: `${answer.code} ${answer.reason}` }) }
}

async function viaFhir(fhir: FhirClient, bundle: object): Promise<Delivery> {
  const answer = await fhir.transact(bundle)
  const isAccepted = answer.status < 300
  return {
    door: 'fhir',
    isAccepted,
    ...(isAccepted ? {} : { reason: `${answer.status} ${answer.body.slice(0, 300)}` }),
  }
}

async function viaDicom(scanner: ScannerClient, instances: readonly Instance[]): Promise<Delivery> {
  const refused = (await scanner.store(instances)).filter((status) => status !== 0)
  const isAccepted = refused.length === 0
  return {
    door: 'dicom',
    isAccepted,
    ...(isAccepted ? {} : { reason: `status ${refused[0]?.toString(16)}` }),
  }
}
