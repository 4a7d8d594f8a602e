/** What others may rely on: the answers of `/api/terminology`. */
import type { ImportState } from '@xinglin/terminology'

export type { ImportState } from '@xinglin/terminology'

/** `GET /api/terminology/imports`: the newest hundred. */
export type ImportsAnswer = { readonly imports: readonly ImportState[] }
/** `POST /api/terminology/rebuild`: imports that were asked for again. */
export type RebuildAnswer = { readonly asked: number }
