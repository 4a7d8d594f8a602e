/** Operations of the Subscriptions R5 Backport guide 1.1.0, as rows of the door's table. */
import type { Operation } from '../../operations/operation.ts'
import { operationDefinitions } from '../canonicals.ts'
import { bindingToken } from './binding-token.ts'
import { subscriptionEvents } from './events.ts'
import { subscriptionStatus } from './status.ts'

export const subscriptionOperations: readonly Operation[] = [
  {
    name: 'status',
    definition: operationDefinitions.status,
    levels: ['type', 'instance'],
    types: ['Subscription'],
    isWriting: false,
    answer: subscriptionStatus,
  },
  {
    name: 'events',
    definition: operationDefinitions.events,
    levels: ['instance'],
    types: ['Subscription'],
    isWriting: false,
    answer: subscriptionEvents,
  },
  {
    name: 'get-ws-binding-token',
    definition: operationDefinitions.bindingToken,
    levels: ['type', 'instance'],
    types: ['Subscription'],
    isWriting: false,
    answer: bindingToken,
  },
]
