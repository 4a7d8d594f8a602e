/** Canonical URLs of the Subscriptions R5 Backport guide 1.1.0 and of the cross-version extensions that it uses. */

const guide = 'http://hl7.org/fhir/uv/subscriptions-backport'
const extension = (name: string) => `${guide}/StructureDefinition/${name}`

export const subscriptionProfile = extension('backport-subscription')
export const statusProfile = extension('backport-subscription-status-r4')
export const notificationProfile = extension('backport-subscription-notification-r4')
export const topicExtension = extension('capabilitystatement-subscriptiontopic-canonical')

export const extensions = {
  filter: extension('backport-filter-criteria'),
  heartbeat: extension('backport-heartbeat-period'),
  timeout: extension('backport-timeout'),
  maxCount: extension('backport-max-count'),
  content: extension('backport-payload-content'),
  channelType: extension('backport-channel-type'),
} as const

export const operationDefinitions = {
  status: `${guide}/OperationDefinition/backport-subscription-status`,
  events: `${guide}/OperationDefinition/backport-subscription-events`,
  bindingToken: `${guide}/OperationDefinition/backport-subscription-get-ws-binding-token`,
} as const

/** A topic is a Basic of this code, its elements cross-version extensions of R5, triggers and shapes of R4B. */
export const topicCode = { system: 'http://hl7.org/fhir/fhir-types', code: 'SubscriptionTopic' } as const
const topicElement = (version: string) =>
  `http://hl7.org/fhir/${version}/StructureDefinition/extension-SubscriptionTopic.`
export const topicElements5 = topicElement('5.0')
export const topicElements43 = topicElement('4.3')
