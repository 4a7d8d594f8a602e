/** Sizes and times as people read them. */

const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** `1.4 GB`: powers of 1000, as disks are sold and `df -H` shows them. */
export function sizeText(bytes: number): string {
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)))
  const value = bytes / 1000 ** power
  return `${value >= 100 || power === 0 ? Math.round(value) : value.toFixed(1)} ${units[power]}`
}

/** The two largest of days, hours and minutes. */
export function spanParts(seconds: number): {
  readonly days: number
  readonly hours: number
  readonly minutes: number
} {
  return {
    days: Math.floor(seconds / 86_400),
    hours: Math.floor((seconds % 86_400) / 3_600),
    minutes: Math.floor((seconds % 3_600) / 60),
  }
}
