/** How much of a dictionary is said in a terminology, in words. */
import type { Coverage, Dictionary } from '../contract.ts'

/** Whole percent, rounded down: 100 only where nothing is missing. */
export function percentOf({ mapped }: Pick<Coverage, 'mapped'>, entries: number): number {
  return entries === 0 ? 0 : Math.floor((100 * mapped) / entries)
}

/** `ATC 64%`, one after another. */
export function coverageText({ targets, entries }: Dictionary): string {
  return targets.map((each) => `${shortName(each.target)} ${percentOf(each, entries)}%`).join(' · ')
}

/** The last part of a canonical address. */
export function shortName(target: string): string {
  return target.split(/[/:]/).findLast((part) => part !== '') ?? target
}
