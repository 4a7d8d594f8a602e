/** MSH-9 decides which map a message goes through; what no map is for is rejected (table 0357: 200, 201, 203). */
import { unsupported } from '@xinglin/fhir'
import type { Message } from '@xinglin/hl7v2'
import type { Draft } from './knowledge.ts'
import { type House, missing, type Reading, text } from './reading.ts'
import { accountEvents, mapAccount } from './triggers/accounts.ts'
import { adtEvents, mapAdt } from './triggers/adt.ts'
import { mapAppointment, scheduleEvents } from './triggers/appointments.ts'
import { mapCharges } from './triggers/charges.ts'
import { mapPlaces, mapStaff } from './triggers/master-files.ts'
import { mapAdministrations, mapDispenses, mapMedicineOrders } from './triggers/medicines.ts'
import { mapMerge, mapNumberChange } from './triggers/merge.ts'
import { mapOrders, mapResults } from './triggers/orders.ts'
import { documentEvents, mapDocument } from './triggers/papers.ts'
import { mapVaccinations } from './triggers/vaccinations.ts'

const noCodes: Reading['codes'] = new Map()

/** Writes into a draft what a message says; throws what makes it refused. */
export type MapMessage = (draft: Draft) => Promise<void>

/** The map of a message; throws where its header is not one that this door accepts. */
export function mapOf(message: Message, house: House): MapMessage {
  const reading = readingOf(message, house)
  const msh = message.segments[0]
  const type = text(msh, 9, 1).toUpperCase()
  const trigger = (text(msh, 9, 2) || evnTrigger(message)).toUpperCase()
  switch (type) {
    case 'ADT':
      return adtMap(trigger, reading)
    case 'OMI':
      if (trigger === 'O23') return (draft) => mapOrders(reading, draft)
      break
    case 'OUL':
      if (trigger === 'R22') return (draft) => mapResults(reading, draft)
      break
    case 'DFT':
      if (trigger === 'P03') return (draft) => mapCharges(reading, draft)
      break
    case 'BAR': {
      const status = accountEvents[trigger]
      if (status) return (draft) => mapAccount(status, reading, draft)
      break
    }
    case 'MFN':
      if (trigger === 'M02') return (draft) => mapStaff(reading, draft)
      if (trigger === 'M05') return (draft) => mapPlaces(reading, draft)
      break
    case 'ORM':
      if (trigger === 'O01') return (draft) => mapOrders(reading, draft)
      break
    case 'OML':
      if (trigger === 'O21') return (draft) => mapOrders(reading, draft)
      break
    case 'ORU':
      if (trigger === 'R01') return (draft) => mapResults(reading, draft)
      break
    case 'RDE':
      if (trigger === 'O11' || trigger === 'O25') return (draft) => mapMedicineOrders(reading, draft)
      break
    case 'RDS':
      if (trigger === 'O13') return (draft) => mapDispenses(reading, draft)
      break
    case 'RAS':
      if (trigger === 'O17') return (draft) => mapAdministrations(reading, draft)
      break
    case 'SIU': {
      const status = scheduleEvents[trigger]
      if (status) return (draft) => mapAppointment(status, reading, draft)
      break
    }
    case 'MDM': {
      const status = documentEvents[trigger]
      if (status) return (draft) => mapDocument(status, reading, draft)
      break
    }
    case 'VXU':
      if (trigger === 'V04') return (draft) => mapVaccinations(reading, draft)
      break
    default:
      throw unsupported(
        'this door takes ADT, ORM, OML, OMI, ORU, OUL, RDE, RDS, RAS, SIU, MDM, VXU, DFT, BAR, MFN and QBP messages',
        {
          code: 'hl7.unsupported-type',
          at: 'MSH-9.1',
        },
      )
  }
  throw unsupportedEvent()
}

function adtMap(trigger: string, reading: Reading): MapMessage {
  // A34 and A36 are A40 of version 2.3 and before, when the account was merged beside.
  if (['A34', 'A36', 'A40'].includes(trigger)) return (draft) => mapMerge(reading, draft)
  if (trigger === 'A47') return (draft) => mapNumberChange(reading, draft)
  const event = adtEvents[trigger]
  if (!event) throw unsupportedEvent()
  return (draft) => mapAdt(event, reading, draft)
}

/** What a map reads by; throws where the header is not one that this door accepts. */
export function readingOf(message: Message, { offset, profiles }: House): Reading {
  const msh = message.segments[0]
  if (!msh) throw unsupported('the message has no header', { code: 'hl7.segment-sequence', at: 'MSH' })
  if (message.segments.slice(1).some(({ name }) => name === 'MSH')) {
    throw unsupported('a frame holds one message; a second MSH came', {
      code: 'hl7.segment-sequence',
      at: 'MSH',
    })
  }
  refuseHeader(message)
  const codes = profiles.of(message)?.codes ?? noCodes
  return { message, application: text(msh, 3), facility: text(msh, 4), offset, codes }
}

/** Before v2.3.1 the trigger stood in EVN-1 alone. */
function evnTrigger(message: Message): string {
  return text(
    message.segments.find((segment) => segment.name === 'EVN'),
    1,
  )
}

function refuseHeader(message: Message): void {
  const msh = message.segments[0]
  if (!msh) return
  if (text(msh, 9) === '') throw missing({ segment: msh, field: 9 })
  if (text(msh, 10) === '') throw missing({ segment: msh, field: 10 })
  const version = text(msh, 12)
  if (version !== '' && !/^2(?:\.\d+)*$/.test(version)) {
    throw unsupported('this door reads HL7 version 2', { code: 'hl7.unsupported-version', at: 'MSH-12' })
  }
}

function unsupportedEvent() {
  return unsupported('this door has no map for the trigger event of this message', {
    code: 'hl7.unsupported-event',
    at: 'MSH-9.2',
  })
}
