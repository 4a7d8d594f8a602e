/** What a source or destination of files is told, wherever its folder is. */
import type { SettingsReader } from '@xinglin/interfaces'
import { type Split, splits } from './split.ts'

export type SourceSettings = {
  readonly isWanted: (name: string) => boolean
  readonly order: 'name' | 'time'
  readonly split: Split
  readonly after: 'move' | 'delete' | 'keep'
  readonly everyMs: number
  /** A file that did not change for so long is whole. */
  readonly stillMs: number
  readonly mostBytes: number
}

const usualEveryMs = 1_000
const usualStillMs = 2_000
const dayMs = 86_400_000
/** A file is in memory while its messages are taken. */
const usualMostBytes = 64 * 1024 * 1024
const largestMostBytes = 1024 * 1024 * 1024

/** Throws `invalid` (`interfaces.setting`) naming the setting. */
export function sourceSettings(reader: SettingsReader): SourceSettings {
  return {
    isWanted: wantedBy(
      reader.text('pattern', { allowed: 'a name with * and ?', pattern: /^[^/\\]{1,200}$/, fallback: '*' }),
    ),
    order: reader.oneOf('order', ['name', 'time'], 'name'),
    split: reader.oneOf('split', splits, 'whole'),
    after: reader.oneOf('after', ['move', 'delete', 'keep'], 'move'),
    everyMs: reader.number('everyMs', { from: 10, to: dayMs, fallback: usualEveryMs }),
    stillMs: reader.number('stillMs', { from: 0, to: dayMs, fallback: usualStillMs }),
    mostBytes: reader.number('mostBytes', { from: 1, to: largestMostBytes, fallback: usualMostBytes }),
  }
}

/** `*` is any signs, `?` is one; names that begin with a dot are files on their way and never wanted. */
export function wantedBy(pattern: string): (name: string) => boolean {
  const parts = [...pattern].map((sign) =>
    sign === '*' ? '.*' : sign === '?' ? '.' : sign.replace(/[.+^${}()|[\]\\]/, '\\$&'),
  )
  const whole = new RegExp(`^${parts.join('').replaceAll(/(?:\.\*)+/g, '.*')}$`, 'su')
  return (name) => !name.startsWith('.') && whole.test(name)
}

/** The name of a file, as a destination's `name` says it. */
export type NameOf = (outgoing: { readonly id: string; readonly controlId: string }) => string

/** Throws `invalid` (`interfaces.setting`) for a name that says no delivery apart, or could be a path. */
export function nameSetting(reader: SettingsReader): NameOf {
  const template = reader.text('name', {
    allowed: 'letters, digits, . _ - with {id} or {controlId} in it',
    pattern: /^(?!\.)(?=.*\{(?:id|controlId)\})(?:[\w.-]|\{id\}|\{controlId\})+$/,
    fallback: '{id}',
  })
  return ({ id, controlId }) =>
    template.replaceAll('{id}', safe(id)).replaceAll('{controlId}', safe(controlId)).replace(/^\./, '_')
}

/** A control id is the sender's: what could lead elsewhere becomes `_`. 255 bytes is what file systems take. */
function safe(text: string): string {
  return text.replaceAll(/[^\w.-]/g, '_').slice(0, longestPart)
}

const longestPart = 100
