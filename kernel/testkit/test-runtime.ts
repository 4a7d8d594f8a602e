/** A runtime whose time stands still until it is told to move and whose ids count, so that whole outputs can be compared. */
import { type Instant, instantOf } from '@xinglin/fhir'
import type { LogFields, Logger, Runtime } from '@xinglin/runtime'

export type LogLine = {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly message: string
  readonly fields: LogFields
}

export type TestRuntime = Runtime & {
  /** Moves the clock forward by milliseconds and answers the new present. */
  advance(byMs: number): Instant
  /** Everything that was logged, oldest first. */
  readonly lines: readonly LogLine[]
}

/** A Monday morning in a hospital. */
const standardStart = '2026-03-02T08:00:00.000+08:00'

/** Clock at `start` (default 2026-03-02T08:00 in Shanghai); ids `00000000-0000-4000-8000-000000000001` and on. */
export function testRuntime(options: { start?: string; timeZone?: string } = {}): TestRuntime {
  const timeZone = options.timeZone ?? 'Asia/Shanghai'
  const lines: LogLine[] = []
  let presentMs = Date.parse(options.start ?? standardStart)
  let count = 0
  const now = () => instantOf(presentMs, timeZone)
  return {
    timeZone,
    now,
    newId: () => {
      count += 1
      return `00000000-0000-4000-8000-${count.toString(16).padStart(12, '0')}`
    },
    log: collectingLogger(lines, {}),
    lines,
    advance: (byMs) => {
      presentMs += byMs
      return now()
    },
  }
}

function collectingLogger(lines: LogLine[], always: LogFields): Logger {
  const write =
    (level: LogLine['level']) =>
    (message: string, fields: LogFields = {}) => {
      lines.push({ level, message, fields: { ...always, ...fields } })
    }
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    with: (fields) => collectingLogger(lines, { ...always, ...fields }),
  }
}
