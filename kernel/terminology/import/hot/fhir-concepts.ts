/**
 * The concepts of a CodeSystem in JSON, without reading it whole: each concept is parsed when its object closes, without those
 * nested in it, so that memory holds one path of the hierarchy. A code must stand before the concepts nested below it.
 */
import type { CodeSystem, CodeSystemConcept } from '@xinglin/fhir'
import { conceptOf } from '../../concepts/flatten.ts'
import { refusedImport } from '../../failures.ts'
import type { ConceptReader, PlacedConcept } from '../read-file.ts'

/** One concept without those below it; the header of the largest published system has 40,000 characters. */
const mostCharacters = 1_000_000
const deepestNesting = 60

/** An object that is being read: the resource itself or a concept. */
type Frame = {
  /** As far as it was read, with an empty list where nested concepts stand. */
  text: string
  /** Open braces and brackets, its own included. */
  open: number
  key: string
  /** Where the last string directly in it began. */
  stringFrom: number
  lastString: string
  code: string | undefined
  readonly place: number
}

export function createFhirReader(): ConceptReader {
  const frames: Frame[] = []
  let state: 'before' | 'object' | 'string' | 'escape' | 'concepts' | 'after' = 'before'
  let place = 0
  let header: Partial<CodeSystem> = {}

  const openFrame = (): Frame => {
    if (frames.length === deepestNesting)
      throw refusedImport(`concepts are nested more than ${deepestNesting} deep`)
    const frame = {
      text: '',
      open: 0,
      key: '',
      stringFrom: 0,
      lastString: '',
      code: undefined,
      place: place++,
    }
    frames.push(frame)
    return frame
  }
  const closeFrame = (found: PlacedConcept[]) => {
    const frame = frames.pop()
    if (!frame) return
    const parent = frames.at(-1)
    if (!parent) {
      header = headerOf(frame.text)
      state = 'after'
      return
    }
    found.push(placed(frame, frames.length > 1 ? parent : undefined))
    state = 'concepts'
  }

  return {
    write(text) {
      const found: PlacedConcept[] = []
      let frame = frames.at(-1)
      let from = 0
      /** What was read since `from` belongs to the frame. */
      const keep = (to: number) => {
        if (frame) frame.text += text.slice(from, to)
        if (frame && frame.text.length > mostCharacters)
          throw refusedImport(`one concept has more than ${mostCharacters} characters`)
        from = to
      }
      for (let at = 0; at < text.length; at++) {
        const letter = text[at]
        if (state === 'string') {
          if (letter === '\\') state = 'escape'
          else if (letter === '"') {
            state = 'object'
            if (frame?.open === 1) {
              keep(at + 1)
              noteString(frame)
            }
          }
        } else if (state === 'escape') state = 'string'
        else if (state === 'object' && frame) {
          switch (letter) {
            case '"':
              state = 'string'
              if (frame.open === 1) frame.stringFrom = frame.text.length + at - from
              break
            case ':':
              if (frame.open === 1) frame.key = frame.lastString
              break
            case ',':
              if (frame.open === 1) frame.key = ''
              break
            case '{':
              frame.open++
              break
            case '[':
              if (frame.open === 1 && frame.key === 'concept') {
                keep(at + 1)
                frame.text += ']'
                state = 'concepts'
              } else frame.open++
              break
            case ']':
              frame.open--
              break
            case '}':
              frame.open--
              if (frame.open === 0) {
                keep(at + 1)
                closeFrame(found)
                frame = frames.at(-1)
              }
              break
            default:
              break
          }
        } else if (letter === '{' && state !== 'after') {
          frame = openFrame()
          frame.open = 1
          from = at
          state = 'object'
        } else if (letter === ']' && state === 'concepts') {
          from = at + 1
          state = 'object'
        } else if (!isBetween(letter)) throw refusedImport('the file is no CodeSystem in JSON')
      }
      if (state === 'object' || state === 'string' || state === 'escape') keep(text.length)
      return found
    },
    end() {
      if (state !== 'after') throw refusedImport('the file ends within its CodeSystem')
      return { concepts: [], header }
    },
  }
}

function isBetween(letter: string | undefined): boolean {
  return (
    letter === ',' ||
    letter === ' ' ||
    letter === '\n' ||
    letter === '\r' ||
    letter === '\t' ||
    letter === '\uFEFF'
  )
}

function noteString(frame: Frame): void {
  const text = parsed(frame.text.slice(frame.stringFrom))
  frame.lastString = typeof text === 'string' ? text : ''
  if (frame.key === 'code') frame.code = frame.lastString
}

function placed(frame: Frame, parent: Frame | undefined): PlacedConcept {
  const written = parsed(frame.text) as CodeSystemConcept
  if (typeof written.code !== 'string' || written.code === '')
    throw refusedImport(`concept ${frame.place} has no code`)
  if (parent && parent.code === undefined)
    throw refusedImport('a concept has its code after the concepts nested in it; write the code first')
  return { place: frame.place, concept: conceptOf(written, parent?.code === undefined ? [] : [parent.code]) }
}

function headerOf(text: string): Partial<CodeSystem> {
  const { concept: _, ...header } = parsed(text) as Partial<CodeSystem>
  if (header.resourceType !== 'CodeSystem') throw refusedImport('the file is no CodeSystem in JSON')
  return header
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw refusedImport('the file is no CodeSystem in JSON', cause)
  }
}
