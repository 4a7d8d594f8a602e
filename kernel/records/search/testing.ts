/** What tests of search share. */
import type { Page, Query } from '../records.ts'

/** The query of the page after this one; undefined after the last. */
export function nextOf({ next }: Page): Query | undefined {
  return next === undefined ? undefined : [...new URLSearchParams(next)]
}
