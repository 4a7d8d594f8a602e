/**
 * The FHIR R4 RESTful API (http.html §3.1.0) at `/fhir/R4`: read, vread, create, update, patch, delete, history, search (in compartments too), batch,
 * transaction, operations and capabilities over the record, in JSON and XML. Stored JSON goes to the socket as it is.
 */
import type { Kernel } from '@xinglin/app'
import type { PatientMatcher } from '@xinglin/master-index/contract'
import { refuseWriting } from './audit-events/search-audit-events.ts'
import { bulkMonitor } from './bulk/monitor.ts'
import { routes } from './http/routes.ts'
import { installResend } from './resend.ts'
import type { SubscriptionSettings } from './subscriptions/settings.ts'
import { openSubscriptions } from './subscriptions/subscriptions.ts'

export { bulkMigrations, bulkTasks } from './bulk/bulk.ts'
export { exportEraser } from './bulk/erasing/erase-exports.ts'
export {
  type SubscriptionSettings,
  startSubscriptions,
  subscriptionsMigrations,
} from './subscriptions/subscriptions.ts'

export type FhirApiOptions = {
  /** Address under which others reach the door, without trailing slash; from each request where absent. */
  readonly baseUrl?: string
  /** Shown in the CapabilityStatement. */
  readonly version?: string
  /** Origins from which inputs of an import may be fetched; none where absent. */
  readonly importOrigins?: readonly string[]
  /** The master patient index, for `Patient/$match`. */
  readonly matcher?: PatientMatcher
  /** Absent: Subscription resources are kept like others, and nobody is notified. */
  readonly subscriptions?: SubscriptionSettings
}

/** Path of the door on the web server. */
export const fhirPath = '/fhir/R4'

/** Opens the door on the kernel's web server and lets the journal's resend button use it. */
export function registerFhirApi(kernel: Kernel, options: FhirApiOptions = {}): void {
  kernel.web.http.register(async (http) => routes(http, kernel, options), { prefix: fhirPath })
  kernel.identity.govern('AuditEvent', refuseWriting)
  installResend(kernel)
  bulkMonitor(kernel)
  if (options.subscriptions) openSubscriptions(kernel, options.subscriptions)
}
