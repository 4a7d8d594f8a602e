/** Moments and ages as hospital staff write them: local, 24 h, with the date when it is not today. */

/** Where and in which language moments are shown. `zone` is an IANA name. */
export type TimeStyle = { readonly zone: string; readonly language: 'zh' | 'en'; readonly nowMs: number }

type Fields = Readonly<Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', string>>

const formats = new Map<string, Intl.DateTimeFormat>()

/** `14:05` today, `11-22 14:05` this year, else `2025-11-22 14:05`; a date without time stays a date. */
export function momentText(moment: string | undefined, style: TimeStyle): string {
  if (!moment) return ''
  if (!moment.includes('T')) return moment
  const shown = fieldsOf(Date.parse(moment), style.zone)
  const today = fieldsOf(style.nowMs, style.zone)
  if (!shown || !today) return moment
  const time = `${shown.hour}:${shown.minute}`
  if (dayOf(shown) === dayOf(today)) return time
  const day = `${shown.month}-${shown.day}`
  return shown.year === today.year ? `${day} ${time}` : `${shown.year}-${day} ${time}`
}

/** `2025-11-22 14:05:07`: the full moment for hover cards, print and audit. */
export function fullMomentText(moment: string | undefined, style: TimeStyle): string {
  if (!moment) return ''
  const shown = moment.includes('T') ? fieldsOf(Date.parse(moment), style.zone) : undefined
  return shown ? `${dayOf(shown)} ${shown.hour}:${shown.minute}:${shown.second}` : moment
}

/** `2025-11-22` of a moment in the hospital's zone. */
export function dayText(moment: string | undefined, style: TimeStyle): string {
  if (!moment) return ''
  const shown = moment.includes('T') ? fieldsOf(Date.parse(moment), style.zone) : undefined
  return shown ? dayOf(shown) : moment.slice(0, 10)
}

export type Age = { readonly value: number; readonly unit: 'day' | 'month' | 'year' }

/** Age on a day (`YYYY-MM-DD`): days under 28 days, months under 24 months, else years; undefined without a full birth date. */
export function ageOn(birthDate: string | undefined, day: string): Age | undefined {
  if (!birthDate) return undefined
  const years = Number(day.slice(0, 4)) - Number(birthDate.slice(0, 4))
  if (birthDate.length < 10) return years >= 2 ? { value: years, unit: 'year' } : undefined
  const days = Math.floor((Date.parse(day) - Date.parse(birthDate)) / 86_400_000)
  if (Number.isNaN(days) || days < 0) return undefined
  if (days < 28) return { value: days, unit: 'day' }
  const months =
    years * 12 +
    (Number(day.slice(5, 7)) - Number(birthDate.slice(5, 7))) -
    (Number(day.slice(8, 10)) < Number(birthDate.slice(8, 10)) ? 1 : 0)
  if (months < 24) return { value: months, unit: 'month' }
  return { value: Math.floor(months / 12), unit: 'year' }
}

/** `3天`, `7月`, `41岁`; `3 d`, `7 mo`, `41 y`. */
export function ageText(age: Age | undefined, language: 'zh' | 'en'): string {
  if (!age) return ''
  const units = { zh: { day: '天', month: '个月', year: '岁' }, en: { day: ' d', month: ' mo', year: ' y' } }
  return `${age.value}${units[language][age.unit]}`
}

function fieldsOf(epochMs: number, zone: string): Fields | undefined {
  if (Number.isNaN(epochMs)) return undefined
  const parts = formatIn(zone).formatToParts(epochMs)
  const field = (type: string) => parts.find((part) => part.type === type)?.value ?? ''
  return {
    year: field('year'),
    month: field('month'),
    day: field('day'),
    hour: field('hour'),
    minute: field('minute'),
    second: field('second'),
  }
}

function formatIn(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  })
  formats.set(zone, made)
  return made
}

const dayOf = (fields: Fields) => `${fields.year}-${fields.month}-${fields.day}`
