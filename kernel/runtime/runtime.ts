/** What every part is given instead of reaching for it: the clock, new ids and the logger (law 7). */
import { randomUUID } from 'node:crypto'
import { type Instant, instantOf } from '@xinglin/fhir'
import { pino } from 'pino'

/** The present as a FHIR instant in the hospital's zone. */
export type Now = () => Instant
/** A new logical id: UUID, lower case. */
export type NewId = () => string

/** A fixed short message and fields; ids only, never names or content. */
export interface Logger {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  /** A logger that adds `fields` to each line. */
  with(fields: LogFields): Logger
}
export type LogFields = Readonly<Record<string, unknown>>

export type Runtime = {
  readonly now: Now
  readonly newId: NewId
  readonly log: Logger
  readonly timeZone: string
}

/** The runtime of a live process: system clock, random ids, JSON lines on standard output. */
export function systemRuntime(options: { timeZone: string; logLevel: string }): Runtime {
  return {
    now: () => instantOf(Date.now(), options.timeZone),
    newId: () => randomUUID(),
    log: jsonLogger(pino(sinkOptions(options.logLevel))),
    timeZone: options.timeZone,
  }
}

function sinkOptions(level: string) {
  return {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  }
}

function jsonLogger(sink: ReturnType<typeof pino>): Logger {
  return {
    debug: (message, fields = {}) => sink.debug(fields, message),
    info: (message, fields = {}) => sink.info(fields, message),
    warn: (message, fields = {}) => sink.warn(fields, message),
    error: (message, fields = {}) => sink.error(fields, message),
    with: (fields) => jsonLogger(sink.child(fields)),
  }
}
