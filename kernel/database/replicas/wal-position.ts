/** PostgreSQL 18 §8.20 pg_lsn: a place in the write-ahead log, which only grows. */

/** `16/B374D848` as a number of bytes; undefined for anything else. */
export function walPosition(text: string | null): bigint | undefined {
  const [, high, low] = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/.exec(text ?? '') ?? []
  if (high === undefined || low === undefined) return undefined
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`)
}
