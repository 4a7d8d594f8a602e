/** The platform as a process: settings from the environment, `--roles`, a start that says why it fails, an orderly stop. */

import { OutcomeError } from '@xinglin/fhir'
import { type Runtime, systemRuntime } from '@xinglin/runtime'
import { banner, demoProgress, textsLine } from './banner.ts'
import { type Config, readConfig, unknownNames } from './config.ts'
import { parseRoles, type Role } from './roles.ts'
import { type Platform, startPlatform } from './start-platform.ts'

// Operators expect an answer to SIGTERM within 10 s; what still hangs then is cut off.
const stopLimitMs = 9_500

await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<void> {
  const { config, roles } = readSettings(args)
  const runtime = systemRuntime({ timeZone: config.timeZone, logLevel: config.logLevel })
  const { log } = runtime
  for (const name of unknownNames()) log.warn('unknown setting', { name })
  if (config.bootstrapClient && config.bootstrapClient.secret.length < 16)
    log.warn('the secret of XINGLIN_BOOTSTRAP_CLIENT is short', { wanted: '16 characters or more' })
  const starting = startPlatform({ config, roles, runtime })
  stopOnSignals(starting, { ...runtime, hasCertificates: config.tlsCertificate !== undefined })
  try {
    await welcome(await starting, config, runtime)
  } catch (error) {
    log.error('the platform does not start', describe(error))
    complain(error)
  }
}

function readSettings(args: readonly string[]): { config: Config; roles: readonly Role[] } {
  try {
    return { config: readConfig(), roles: parseRoles(args) }
  } catch (error) {
    return complain(error)
  }
}

async function welcome(platform: Platform, config: Config, { log }: Runtime): Promise<void> {
  const { ports } = platform
  log.info('the platform is ready', { ...ports, startMs: Math.round(performance.now()) })
  process.stderr.write(banner(config, ports, platform.firstStart))
  const telling = platform.demoTexts?.page.then((page) => page && process.stderr.write(textsLine(page)))
  // The demonstration's own systems speak no TLS.
  if (ports.hl7 === undefined || ports.dicom === undefined || config.tlsCertificate)
    return void (await telling)
  const isEverywhere = config.bind === '0.0.0.0' || config.bind === '::'
  const host = isEverywhere ? '127.0.0.1' : config.bind
  const addresses = {
    http: `http://${host.includes(':') ? `[${host}]` : host}:${ports.http}`,
    hl7: `${host}:${ports.hl7}`,
    dicom: `${host}:${ports.dicom}`,
  }
  await telling
  await platform.demo.start(addresses, demoProgress(process.stderr))
}

function stopOnSignals(
  starting: Promise<Platform>,
  { log, hasCertificates }: Runtime & { readonly hasCertificates: boolean },
): void {
  let isStopping = false
  const stop = (why: string, exitCode: number) => {
    if (isStopping) return
    isStopping = true
    log.info('the platform stops', { why })
    setTimeout(() => {
      log.error('the platform did not stop in time', { limitMs: stopLimitMs })
      process.exit(1)
    }, stopLimitMs).unref()
    starting
      .then((platform) => platform.stop())
      .then(() => log.info('the platform has stopped'))
      // A start that failed has told why already.
      .catch(() => undefined)
      .finally(() => process.exit(exitCode))
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop(signal, 0))
  // Without certificates it is the terminal that was closed.
  process.on('SIGHUP', () => {
    if (!hasCertificates) return stop('SIGHUP', 0)
    // A start that failed has told why already.
    starting.then((platform) => platform.reloadCertificates()).catch(() => undefined)
  })
  // A promise that nobody waited for, or a connection that broke where nobody listened, harms only what it belonged to.
  process.on('unhandledRejection', (reason) => log.error('unexpected failure', failureOf(reason)))
  process.on('uncaughtException', (error) => {
    log.error('unexpected failure', failureOf(error))
    if (!isBrokenConnection(error)) stop('unexpected failure', 1)
  })
}

function isBrokenConnection(error: Error): boolean {
  return 'code' in error && ['EPIPE', 'ECONNRESET', 'ETIMEDOUT', 'ECONNREFUSED'].includes(String(error.code))
}

function failureOf(error: unknown): Readonly<Record<string, unknown>> {
  return { ...describe(error), ...(error instanceof Error ? { at: framesOf(error) } : {}) }
}

function complain(error: unknown): never {
  const sentence = error instanceof OutcomeError ? error.message : `unexpected failure: ${String(error)}`
  process.stderr.write(`\nXinglin 无法启动 does not start: ${sentence}\n\n`)
  process.exit(1)
}

function describe(error: unknown): Readonly<Record<string, unknown>> {
  if (error instanceof OutcomeError)
    return { code: error.outcome.issue[0]?.details?.coding?.[0]?.code, reason: error.message }
  return { error: error instanceof Error ? error.name : typeof error }
}

function framesOf(error: Error): readonly string[] {
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  return frames.slice(0, 8).map((line) => line.trim())
}
