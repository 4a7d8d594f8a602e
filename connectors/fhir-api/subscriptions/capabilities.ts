/** Backport §"Subscription topics in R4": the CapabilityStatement names the topics of every institution and the profile. */
import type { CapabilityStatementRestResource, Extension } from '@xinglin/fhir'
import { subscriptionProfile, topicExtension } from './canonicals.ts'
import { socketUrl } from './sockets/path.ts'
import { builtInTopics } from './topics/built-in.ts'

/** What is said of the type Subscription besides what is said of every type. */
export const subscriptionCapabilities: Pick<
  CapabilityStatementRestResource,
  'extension' | 'supportedProfile'
> = {
  extension: builtInTopics.map(({ url }) => ({ url: topicExtension, valueCanonical: url })),
  supportedProfile: [subscriptionProfile],
}

/** Where websockets connect to (backport §websockets, step 3). */
export function websocketExtension(baseUrl: string): Extension {
  return {
    url: 'http://hl7.org/fhir/StructureDefinition/capabilitystatement-websocket',
    valueUri: socketUrl(baseUrl),
  }
}
