/** Places in a message as the field writes them: `PID-3[1].4.1`, `OBX[2]-5`. All numbers count from 1. */
import type { ErrorLocation } from './failure.ts'
import { isDeletion, type Message, part } from './message.ts'

/** `PID-5`, `PID-3[2].4`, `OBX[3]-3.1.2`. */
export type Path = `${string}-${number}` | `${string}-${number}${'.' | '['}${string}`

const pattern =
  /^([A-Z][A-Z0-9]{2})(?:\[([1-9]\d{0,4})\])?-([1-9]\d{0,3})(?:\[([1-9]\d{0,4})\])?(?:\.([1-9]\d{0,3}))?(?:\.([1-9]\d{0,3}))?$/
const parsed = new Map<string, Required<ErrorLocation>>()
/** Paths are written in code, so they are few; the bound is against paths that come from outside. */
const mostPathsKept = 4096

/** The location that a path names; throws where it is no path. */
export function parsePath(path: string): Required<ErrorLocation> {
  const known = parsed.get(path)
  if (known) return known
  const match = pattern.exec(path)
  if (!match?.[1]) throw new RangeError(`no HL7 path, which is written like PID-3[1].4.1: ${path}`)
  const number = (index: number) => Number(match[index] ?? 1)
  const location = {
    segment: match[1],
    occurrence: number(2),
    field: number(3),
    repetition: number(4),
    component: number(5),
    subComponent: number(6),
  }
  if (parsed.size < mostPathsKept) parsed.set(path, location)
  return location
}

/** The value at a path; undefined where there is none, null where the sender asks to delete it. */
export function valueAt(message: Message, path: Path): string | null | undefined {
  const { segment, occurrence, field, repetition, component, subComponent } = parsePath(path)
  const found = message.segments.find((each) => each.name === segment && each.occurrence === occurrence)
  const value = part(found?.field(field)[repetition - 1], component, subComponent)
  if (value === '') return undefined
  return isDeletion(value) ? null : value
}
