/** The doors of this process, opened one after the other; a port in use is told by its setting. */

import type { Kernel } from '@xinglin/app'
import { registerAuthorizationServer } from '@xinglin/authorization-server'
import { registerDicomWeb, startDicomNode } from '@xinglin/dicom-node'
import type { TenantId } from '@xinglin/events'
import { conflict } from '@xinglin/fhir'
import { fhirPath, registerFhirApi, type SubscriptionSettings } from '@xinglin/fhir-api'
import { type Profiles, registerHl7Resend, startHl7Listener } from '@xinglin/hl7-listener'
import { patientMatcher } from '@xinglin/master-index/server'
import { registerUpstreamSignIn } from '@xinglin/upstream-sign-in'
import type { Config } from './config.ts'
import type { Transport } from './keys.ts'
import type { Role } from './roles.ts'

/** The institution to which listeners without sign-in belong; the first migration makes it. */
export const defaultTenant = 1 as TenantId

export type OpenDoors = {
  /** Ports that were opened, by door. */
  readonly ports: { readonly hl7?: number; readonly dicom?: number }
  /** Takes nothing new, finishes what is under way. */
  stop(): Promise<void>
}

/** Registers the HTTP doors; before the web server listens. */
export async function registerHttpDoors(kernel: Kernel, config: Config, profiles: Profiles): Promise<void> {
  await registerAuthorizationServer(kernel, {
    ...(config.publicUrl || config.httpPort > 0 ? { issuer: publicUrlOf(config) } : {}),
    keyNetworks: config.subscriptionNetworks ?? [],
  })
  registerUpstreamSignIn(kernel, {
    ...(config.publicUrl || config.httpPort > 0 ? { publicUrl: publicUrlOf(config) } : {}),
    networks: config.signInNetworks ?? [],
  })
  registerFhirApi(kernel, {
    subscriptions: subscriptionSettings(config),
    importOrigins: config.importOrigins ?? [],
    matcher: patientMatcher(kernel),
  })
  registerHl7Resend(kernel, { tenant: defaultTenant, profiles })
  await registerDicomWeb(kernel)
}

/** What notifications say of our address, and where they may go. */
export function subscriptionSettings(config: Config): SubscriptionSettings {
  const { subscriptionNetworks = [] } = config
  return {
    baseUrl: `${publicUrlOf(config)}${fhirPath}`,
    networks: subscriptionNetworks,
    attempts: config.subscriptionAttempts,
  }
}

/** Where others reach the platform, without a slash at its end. */
function publicUrlOf({ publicUrl, bind, httpPort, tlsCertificate, tlsDoors }: Config): string {
  const scheme = tlsCertificate && tlsDoors.includes('http') ? 'https' : 'http'
  return (publicUrl ?? `${scheme}://${bind}:${httpPort}`).replace(/\/$/, '')
}

/** Opens the listeners where this process has the role. */
export async function openDoors(
  kernel: Kernel,
  {
    config,
    roles,
    transport,
    profiles,
  }: {
    readonly config: Config
    readonly roles: readonly Role[]
    readonly transport: Transport
    readonly profiles: Profiles
  },
): Promise<OpenDoors> {
  if (!roles.includes('listener')) return { ports: {}, stop: async () => undefined }
  const { bind, hl7Port, dicomPort, dicomTitle } = config
  const hl7 = await named({ setting: 'XINGLIN_HL7_PORT', bind, port: hl7Port }, () =>
    startHl7Listener(kernel, {
      ...{ bind, port: hl7Port, tenant: defaultTenant, profiles },
      tls: transport.door('hl7'),
    }),
  )
  const dicom = await named({ setting: 'XINGLIN_DICOM_PORT', bind, port: dicomPort }, () =>
    startDicomNode(kernel, {
      ...{ bind, port: dicomPort, aeTitle: dicomTitle, tenant: defaultTenant },
      tls: transport.door('dicom'),
    }),
  ).catch(async (error: unknown) => {
    await hl7.stop()
    throw error
  })
  let isOpen = true
  kernel.web.addCheck('listeners', async () => (isOpen ? undefined : 'closing'))
  return {
    ports: { hl7: hl7.port, dicom: dicom.port },
    async stop() {
      isOpen = false
      await Promise.all([hl7.stop(), dicom.stop()])
    },
  }
}

type Place = { readonly setting: string; readonly bind: string; readonly port: number }

async function named<Door>({ setting, bind, port }: Place, open: () => Promise<Door>): Promise<Door> {
  try {
    return await open()
  } catch (cause) {
    const code = systemCodeOf(cause)
    const detail = { code: 'server.cannot-listen', at: setting, cause }
    if (code === 'EADDRINUSE')
      throw conflict(
        `port ${port} on ${bind} is used by another program; set ${setting} to a free port`,
        detail,
      )
    if (code === 'EACCES' || code === 'EADDRNOTAVAIL')
      throw conflict(
        `port ${port} on ${bind} cannot be opened (${code}); check XINGLIN_BIND and ${setting}`,
        detail,
      )
    throw cause
  }
}

/** The operating system's code of a failure or of its cause; undefined where there is none. */
function systemCodeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  return 'code' in error && typeof error.code === 'string' ? error.code : systemCodeOf(error.cause)
}
