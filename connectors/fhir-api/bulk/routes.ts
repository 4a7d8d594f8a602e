/** Addresses of bulk data below the FHIR door. */
import type { Kernel } from '@xinglin/app'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { exportRoutes } from './export/routes.ts'
import { importRoutes } from './import/routes.ts'

export function bulkRoutes(
  http: FastifyInstance,
  kernel: Kernel,
  baseOf: (request: FastifyRequest) => string,
): void {
  exportRoutes(http, kernel, baseOf)
  importRoutes(http, kernel, baseOf)
}
