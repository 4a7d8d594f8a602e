/** Mobile numbers as people write them, in one form (ITU-T E.164); mainland numbers may stand without the country's code. */
import { invalid } from '@xinglin/fhir'

const mainland = /^1[3-9]\d{9}$/
const international = /^\+[1-9]\d{7,14}$/

/** `+8613800000000`; throws `invalid` (`patients.phone`). */
export function phoneOf(written: string): string {
  const digits = written.normalize('NFKC').replaceAll(/[\s\-()]/g, '')
  const bare = digits.replace(/^(?:\+86|0086)/, '')
  if (mainland.test(bare)) return `+86${bare}`
  const phone = digits.replace(/^00/, '+')
  if (international.test(phone) && !phone.startsWith('+86')) return phone
  throw invalid('this is no mobile number: give 11 digits, or + and the country code', {
    code: 'patients.phone',
    at: 'phone',
  })
}

/** The last four digits, by which a person knows his own number. */
export function endOf(phone: string): string {
  return phone.slice(-4)
}
