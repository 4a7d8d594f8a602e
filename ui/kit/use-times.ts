/** Time formatting for components: the hospital's zone from the session, the page's language, the present minute. */
import { useMemo } from 'react'
import { useLook } from './look.tsx'
import { useMe } from './session.ts'
import { ageOn, ageText, dayText, fullMomentText, momentText, type TimeStyle } from './time.ts'

export type Times = {
  /** `14:05`, with the date when it is not today. */
  moment(moment: string | undefined): string
  /** To the second, always with the date. */
  full(moment: string | undefined): string
  day(moment: string | undefined): string
  /** Age today, or on the day of death. */
  age(birthDate: string | undefined, on?: string): string
}

/** Formats moments in the hospital's zone and the page's language. */
export function useTimes(): Times {
  const { language } = useLook()
  const me = useMe()
  const zone = me?.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone
  return useMemo(() => {
    const style = (): TimeStyle => ({ zone, language, nowMs: Date.now() })
    return {
      moment: (moment) => momentText(moment, style()),
      full: (moment) => fullMomentText(moment, style()),
      day: (moment) => dayText(moment, style()),
      age: (birthDate, on) =>
        ageText(ageOn(birthDate, dayText(on ?? new Date().toISOString(), style())), language),
    }
  }, [zone, language])
}
