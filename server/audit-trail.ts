/** What keeps the audit trail in the process of the jobs: seals, and the way to a SIEM where one is set. */
import { readFile } from 'node:fs/promises'
import type { Kernel } from '@xinglin/app'
import { startSealer, startSyslogExport } from '@xinglin/identity/audit'
import type { Config } from './config.ts'

const usualPort = 6514

/** Starts sealing and sending; `stop` seals what is there. */
export async function startAuditTrail(
  { database, keys, runtime }: Kernel,
  config: Config,
): Promise<{ stop(): Promise<void> }> {
  const sealer = startSealer({ database, keys, runtime, algorithm: config.auditHash })
  const target = await targetOf(config)
  const sending = target && startSyslogExport({ database, runtime, target })
  return {
    async stop() {
      await sending?.stop()
      await sealer.stop()
    },
  }
}

async function targetOf(config: Config) {
  if (!config.auditSyslog) return undefined
  const { hostname, port } = new URL(config.auditSyslog)
  const [ca, cert, key] = await Promise.all(
    [config.auditSyslogAuthorities, config.tlsCertificate, config.tlsKey].map(async (file) =>
      file ? readFile(file, 'utf8') : undefined,
    ),
  )
  return {
    ...{ host: hostname, port: port ? Number(port) : usualPort },
    ...(ca ? { ca } : {}),
    ...(cert && key ? { cert, key } : {}),
  }
}
