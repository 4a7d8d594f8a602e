/** How an assessment in Chinese names the states. */
import type { ControlState } from '../contract.ts'

export const stateWords: Readonly<Record<ControlState, string>> = {
  pass: '符合',
  fail: '不符合',
  'not-yet': '尚无证据',
}
