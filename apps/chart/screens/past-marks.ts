/** Where the instants of a record stand on the slider: each has equal room, the last is the present. */
import type { MomentsAnswer } from '../reading/shapes.ts'

type Moments = MomentsAnswer['moments']
export type Mark = {
  readonly index: number
  /** From 0 (oldest) to 1 (present). */
  readonly share: number
  /** The first of its day. */
  readonly isNewDay: boolean
}

/** The place of an instant: the last moment that is not after it; the present where none is asked. */
export function indexOfMoment(moments: Moments, asOf: string | undefined): number {
  if (asOf === undefined) return moments.length - 1
  const asOfMs = Date.parse(asOf)
  return Math.max(
    0,
    moments.findLastIndex(({ at }) => Date.parse(at) <= asOfMs),
  )
}

/** At most `most` of the marks, first and last always among them; `dayOf` gives a moment's day in the hospital. */
export function marksOf(moments: Moments, dayOf: (at: string) => string, most: number): readonly Mark[] {
  const last = Math.max(1, moments.length - 1)
  const step = Math.max(1, Math.ceil(moments.length / most))
  return moments
    .map(({ at }, index) => {
      const before = moments[index - 1]
      return { index, share: index / last, isNewDay: !before || dayOf(before.at) !== dayOf(at) }
    })
    .filter(({ index }) => index % step === 0 || index === moments.length - 1)
}

/** Days to write below the slider, at most `most`, evenly spread and each once; the present has its own word. */
export function dayLabels(
  moments: Moments,
  dayOf: (at: string) => string,
  most: number,
): readonly { readonly share: number; readonly day: string }[] {
  const last = moments.length - 1
  if (last < 1) return []
  const chosen = Array.from({ length: Math.min(most, last) }, (_, place) => {
    const index = Math.round((place / Math.min(most, last)) * last)
    return { share: index / last, day: dayOf(moments[index]?.at ?? '') }
  })
  return chosen.filter(({ day }, place) => chosen[place - 1]?.day !== day)
}
