/** Measuring: rounds of work with a number of senders, latencies in ms, operations per second. */

export type Measurement = {
  readonly name: string
  readonly operations: number
  readonly seconds: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly failures: number
  readonly note?: string
}

/** One operation by sender `sender`; `false` counts as a failure. What it returns as a number counts as that many operations. */
export type Operation = (sender: number, index: number) => Promise<boolean | number>

/** Runs `operation` for a number of times or for a number of seconds over `senders` side by side. */
export async function measure(
  name: string,
  options: { senders: number; count?: number; seconds?: number; note?: string },
  operation: Operation,
): Promise<Measurement> {
  const latencies: number[] = []
  let [next, operations, failures] = [0, 0, 0]
  const startedMs = performance.now()
  const endsMs = startedMs + (options.seconds ?? Number.POSITIVE_INFINITY) * 1000
  const count = options.count ?? Number.POSITIVE_INFINITY
  const work = async (sender: number) => {
    while (next < count && performance.now() < endsMs) {
      const index = next++
      const beganMs = performance.now()
      const result = await operation(sender, index)
      latencies.push(performance.now() - beganMs)
      if (result === false) failures += 1
      else operations += typeof result === 'number' ? result : 1
    }
  }
  await Promise.all(Array.from({ length: options.senders }, (_, sender) => work(sender)))
  const seconds = (performance.now() - startedMs) / 1000
  const sorted = latencies.toSorted((a, b) => a - b)
  const quantile = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  return {
    name,
    operations,
    seconds,
    perSecond: operations / seconds,
    p50Ms: quantile(0.5),
    p95Ms: quantile(0.95),
    failures,
    ...(options.note ? { note: options.note } : {}),
  }
}

/** The measurements as a Markdown table. */
export function tableOf(measurements: readonly Measurement[]): string {
  const rows = measurements.map(
    ({ name, operations, perSecond, p50Ms, p95Ms, failures, note }) =>
      `| ${name} | ${Math.round(perSecond).toLocaleString('en')} | ${p50Ms.toFixed(1)} | ${p95Ms.toFixed(1)} | ${operations} | ${failures} | ${note ?? ''} |`,
  )
  return [
    '| what | per second | p50 ms | p95 ms | done | failed | note |',
    '|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n')
}
