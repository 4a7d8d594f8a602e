/** Settings of a source or destination read field by field: what is wrong or unknown is refused by its name. */
import { invalid } from '@xinglin/fhir'
import type { EndpointSettings } from './interfaces.ts'

export interface SettingsReader {
  /** Throws where it is absent and there is no fallback, or where it is not of the pattern. */
  text(
    name: string,
    rule: { readonly allowed: string; readonly pattern: RegExp; readonly fallback?: string },
  ): string
  optionalText(name: string, rule: { readonly allowed: string; readonly pattern: RegExp }): string | undefined
  /** A whole number within `from` and `to`. */
  number(
    name: string,
    range: { readonly from: number; readonly to: number; readonly fallback?: number },
  ): number
  oneOf<const Word extends string>(name: string, words: readonly Word[], fallback?: Word): Word
  /** What the door reads itself. */
  raw(name: string): unknown
  /** Refuses what nobody asked for. */
  end(): void
}

/** What `read` makes of the settings; one that it does not ask for is refused. */
export function wholeSettings<Read>(
  settings: EndpointSettings,
  read: (reader: SettingsReader) => Read,
): Read {
  const reader = readSettings(settings)
  const result = read(reader)
  reader.end()
  return result
}

/** Throws `invalid` (`interfaces.setting`) naming the setting. */
export function readSettings(settings: EndpointSettings): SettingsReader {
  const known = new Set(['kind'])
  const of = (name: string) => {
    known.add(name)
    return settings[name]
  }
  const reader: SettingsReader = {
    text(name, { allowed, pattern, fallback }) {
      const value = of(name) ?? fallback
      if (typeof value !== 'string' || !pattern.test(value)) throw wrongSetting(settings, name, allowed)
      return value
    },
    optionalText: (name, rule) => (of(name) === undefined ? undefined : reader.text(name, rule)),
    number(name, { from, to, fallback }) {
      const value = of(name) ?? fallback
      if (typeof value !== 'number' || !Number.isInteger(value) || value < from || value > to)
        throw wrongSetting(settings, name, `a whole number from ${from} to ${to}`)
      return value
    },
    oneOf(name, words, fallback) {
      const value = of(name) ?? fallback
      const found = words.find((word) => word === value)
      if (found === undefined) throw wrongSetting(settings, name, `one of ${words.join(', ')}`)
      return found
    },
    raw: of,
    end() {
      const unknown = Object.keys(settings).find((name) => !known.has(name))
      if (unknown !== undefined)
        throw wrongSetting(settings, unknown, `nothing: it has ${[...known].join(', ')}`)
    },
  }
  return reader
}

/** What a door throws for a setting that it reads itself. */
export function wrongSetting({ kind }: EndpointSettings, at: string, allowed: string) {
  return invalid(`${at} of an endpoint of kind ${kind} must be ${allowed}`, {
    code: 'interfaces.setting',
    at,
  })
}
