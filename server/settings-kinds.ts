/** The kinds of settings: how a text becomes a value, and in words what is allowed. */

import { isIP } from 'node:net'
import { isAbsolute } from 'node:path'

/** One setting: its name in the environment, and all that a person needs to set it right. */
export type Setting<Value> = {
  readonly name: string
  readonly description: string
  /** As it would be written; '' where there is none. */
  readonly fallback: string
  readonly allowed: string
  readonly unit?: string
  /** Never shown or logged. */
  readonly isSecret?: boolean
  /** The value of a text that is not empty; undefined where it is not allowed. */
  readonly parse: (text: string) => Value | undefined
}

type Told = Pick<Setting<unknown>, 'description' | 'unit' | 'isSecret'>

/** A whole number within `from` and `to`. */
export function wholeNumber(
  name: string,
  range: { readonly from: number; readonly to: number; readonly fallback: number },
  told: Told,
): Setting<number> {
  const { from, to, fallback } = range
  const parse = (text: string) => {
    const value = Number(text)
    return /^\d+$/.test(text) && value >= from && value <= to ? value : undefined
  }
  return { name, fallback: String(fallback), allowed: `whole number ${from} to ${to}`, parse, ...told }
}

/** A TCP port; 0 takes a free one. */
export function port(name: string, fallback: number, description: string): Setting<number> {
  return {
    ...wholeNumber(name, { from: 0, to: 65_535, fallback }, { description }),
    allowed: '0 to 65535; 0 takes a free port',
  }
}

/** One of few words; what it is where it is empty stands in `allowed`. */
export function oneOf<const Word extends string>(
  name: string,
  words: readonly Word[],
  told: Told & ({ readonly fallback: Word } | { readonly fallback: ''; readonly allowed: string }),
): Setting<Word> {
  return {
    name,
    allowed: words.join(', '),
    parse: (text) => words.find((word) => word === text),
    ...told,
  }
}

/** Some of few words, with commas between. */
export function someOf<const Word extends string>(
  name: string,
  words: readonly Word[],
  told: Told & { readonly fallback: string },
): Setting<readonly Word[]> {
  const parse = (given: string) => {
    const found = given.split(',').map((part) => words.find((word) => word === part.trim()))
    return found.every((word) => word !== undefined) ? found : undefined
  }
  return { name, allowed: `some of ${words.join(', ')} with commas between`, parse, ...told }
}

/** A text that matches a pattern. */
export function text(
  name: string,
  told: Told & { readonly fallback?: string; readonly allowed: string; readonly pattern?: RegExp },
): Setting<string> {
  const { pattern, fallback = '', ...rest } = told
  return { name, fallback, parse: (given) => (!pattern || pattern.test(given) ? given : undefined), ...rest }
}

/** Absolute folders with commas between. */
export function folders(name: string, told: Told & { readonly allowed: string }): Setting<readonly string[]> {
  const parse = (given: string) => {
    const parts = given.split(',').map((part) => part.trim())
    return parts.every((part) => isAbsolute(part)) ? parts : undefined
  }
  return { name, fallback: '', parse, ...told }
}

/** An address of a network interface. */
export function address(name: string, fallback: string, description: string): Setting<string> {
  return {
    name,
    fallback,
    description,
    allowed: 'IPv4 or IPv6 address; 0.0.0.0 or :: for every interface',
    parse: (given) => (isIP(given) ? given : undefined),
  }
}

/** IP addresses or networks (`10.0.0.0/8`) with commas between. */
export function networks(name: string, description: string): Setting<readonly string[]> {
  const isNetwork = (part: string) => {
    const [base = '', bits = '0'] = part.split('/')
    return isIP(base) > 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (isIP(base) === 4 ? 32 : 128)
  }
  return {
    name,
    fallback: '',
    description,
    allowed: 'IP addresses or networks such as 10.0.0.0/8, with commas between',
    parse: (given) => {
      const parts = given.split(',').map((part) => part.trim())
      return parts.every(isNetwork) ? parts : undefined
    },
  }
}

/** An IANA time zone that this Node knows. */
export function timeZone(name: string, fallback: string, description: string): Setting<string> {
  return {
    name,
    fallback,
    description,
    allowed: 'IANA time zone such as Asia/Shanghai',
    parse: (given) => (isTimeZone(given) ? given : undefined),
  }
}

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== ''
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

/** A URL of one of these schemes. */
export function url(
  name: string,
  schemes: readonly string[],
  told: Told & { readonly allowed: string },
): Setting<string> {
  const isGood = (given: string) =>
    URL.canParse(given) && schemes.includes(new URL(given).protocol.slice(0, -1))
  return { name, fallback: '', parse: (given) => (isGood(given) ? given : undefined), ...told }
}

/** URLs of one of these schemes with commas between. */
export function urls(
  name: string,
  schemes: readonly string[],
  told: Told & { readonly allowed: string },
): Setting<readonly string[]> {
  const one = url(name, schemes, told)
  const parse = (given: string) => {
    const parts = given.split(',').map((part) => part.trim())
    return parts.every((part) => one.parse(part) !== undefined) ? parts : undefined
  }
  return { name, fallback: '', parse, ...told }
}

/** `id:secret` of a machine client. */
export function clientPair(
  name: string,
  description: string,
): Setting<{ readonly id: string; readonly secret: string }> {
  return {
    name,
    fallback: '',
    description,
    isSecret: true,
    allowed: 'id:secret; the id of letters, digits, . _ -; a secret under 16 characters is warned of',
    parse: (given) => {
      const match = /^([\w.-]{1,64}):(.+)$/.exec(given)
      return match?.[1] && match[2] ? { id: match[1], secret: match[2] } : undefined
    },
  }
}
