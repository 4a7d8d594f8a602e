/** `GET /api/my-record/charts`: the records that a patient reaches, by name; `…/:patient/…` of one is asked elsewhere. */
import type { Kernel } from '@xinglin/app'
import { parseVersion } from '@xinglin/records'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import type { ChartLine, ChartsAnswer } from '../contract.ts'

export function chartsRoutes(http: FastifyInstance, { identity }: Kernel): void {
  http.get('/charts', async (request): Promise<ChartsAnswer> => {
    const actor = requireActor(request)
    const records = identity.recordsFor(actor)
    const charts = await identity.patients.charts(actor)
    const lines = await Promise.all(
      charts.map(async (chart): Promise<ChartLine> => {
        const version = await records.read('Patient', chart.patient)
        const name =
          version && version.interaction !== 'delete' ? nameOf(parseVersion(version, 'Patient')) : ''
        return { ...chart, name }
      }),
    )
    return { charts: lines }
  })
}

type Named = {
  readonly name?: readonly {
    readonly text?: string
    readonly family?: string
    readonly given?: readonly string[]
  }[]
}

/** The first name as it is written, else family and given names. */
export function nameOf({ name }: Named): string {
  const [first] = name ?? []
  return first?.text ?? [first?.family, ...(first?.given ?? [])].filter(Boolean).join(' ')
}
