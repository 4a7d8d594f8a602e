/** A node:test reporter: failures in full, skips with their reason, counts into a file. */
import { writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import type { TestEvent } from 'node:test/reporters'
import { inspect } from 'node:util'

type Outcome = Extract<TestEvent, { type: 'test:pass' | 'test:fail' }>

/** The reporter: yields what is printed; writes `{passed, failed, skipped}` to the file in TEST_COUNTS_FILE at the end. */
async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const counts = { passed: 0, failed: 0, skipped: 0 }
  for await (const event of events) {
    if (event.type === 'test:stderr' || event.type === 'test:stdout') yield event.data.message
    // Errors that belong to no test, such as a promise rejected after the last one.
    if (event.type === 'test:diagnostic' && event.data.message.startsWith('Error'))
      yield `${event.data.message}\n`
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue
    const outcome = outcomeOf(event)
    if (!outcome) continue
    counts[outcome] += 1
    if (outcome === 'failed') yield failureText(event)
    if (outcome === 'skipped') yield skipText(event)
  }
  const file = process.env.TEST_COUNTS_FILE
  if (file) writeFileSync(file, JSON.stringify(counts))
}
// biome-ignore lint/style/noDefaultExport: node:test takes a reporter as the default export.
export default report

/** Undefined for groups of tests, whose tests count themselves. */
function outcomeOf({ type, data }: Outcome): 'passed' | 'failed' | 'skipped' | undefined {
  if (data.skip !== undefined && data.skip !== false) return 'skipped'
  if (data.todo !== undefined && data.todo !== false) return 'skipped'
  if (type === 'test:pass') return data.details.type === 'suite' ? undefined : 'passed'
  const { error } = data.details
  return 'failureType' in error && error.failureType === 'subtestsFailed' ? undefined : 'failed'
}

function failureText({ data }: Outcome): string {
  const error = 'error' in data.details ? data.details.error : undefined
  const place = data.file ? `${relative(process.cwd(), data.file)}:${data.line ?? 1}` : ''
  const reason = inspect(error?.cause ?? error, { depth: 12, colors: false })
  return `\n✖ ${data.name}\n  ${place}\n${indented(reason)}\n\n`
}

function skipText({ data }: Outcome): string {
  const reason = typeof data.skip === 'string' ? data.skip : typeof data.todo === 'string' ? data.todo : ''
  return `- skipped: ${data.name}${reason ? ` (${reason})` : ''}\n`
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, '    ')
}
