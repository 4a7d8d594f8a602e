/** Laboratory results of the simulated hospital: healthy values within the reference interval, moved by the disease. */

import type { Person } from '../people/person.ts'
import type { Random } from '../random.ts'
import tests from './tests.json' with { type: 'json' }

/** One analyte: LOINC code, UCUM unit, reference interval by sex (WS/T 404 and WS/T 405 adult intervals). */
export type Test = (typeof tests)[number]
export type Flag = '' | 'H' | 'L' | 'HH' | 'LL'
export type Result = {
  readonly test: Test
  readonly value: string
  readonly low: number
  readonly high: number
  /** HL7 table 0078; the doubled letters are beyond twice the interval's width. */
  readonly flag: Flag
}

/** How far each analyte is moved, in widths of half the reference interval, by LOINC code. */
export type Shifts = Readonly<Record<string, number>>

export function measurePanel(
  random: Random,
  panel: string,
  person: Person,
  shifts: Shifts,
): readonly Result[] {
  return tests
    .filter((test) => test.panel === panel)
    .map((test) => measure(random, test, person, shifts[test.loinc] ?? 0))
}

function measure(random: Random, test: Test, person: Person, shift: number): Result {
  const [low = 0, high = 0] = test[person.sex]
  const halfWidth = (high - low) / 2
  const drawn = low + halfWidth + halfWidth * (random.normal(0, 0.38) + shift * random.normal(1, 0.2))
  const value = Math.max(drawn, halfWidth * 0.05).toFixed(test.decimals)
  return { test, value, low, high, flag: flagOf(Number(value), low, high) }
}

function flagOf(value: number, low: number, high: number): Flag {
  const width = high - low
  if (value > high + width * 2) return 'HH'
  if (value > high) return 'H'
  if (low > 0 && value < low - width * 0.6) return 'LL'
  if (value < low) return 'L'
  return ''
}
