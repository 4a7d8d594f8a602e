/** An endpoint that could never be sent to is refused when it is asked for, not at its handshake. */
import { isIP } from 'node:net'
import { createAddresses } from '@xinglin/web'
import type { Channel } from '../definition/definition.ts'
import { badEndpoint } from '../definition/endpoint.ts'
import type { SubscriptionSettings } from '../settings.ts'

/** Throws for http where no network is allowed, and for an IP address that is not. Names are judged at the connection. */
export function refuseUnreachable(channel: Channel, { networks }: SubscriptionSettings): void {
  if (channel.kind !== 'rest-hook') return
  const { protocol, hostname } = new URL(channel.endpoint)
  const isSecure = protocol === 'https:'
  if (!isSecure && networks.length === 0) throw badEndpoint('must begin with https://')
  const host = hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) > 0 && !createAddresses(networks).mayReach(host, isSecure))
    throw badEndpoint(
      'is at an address to which notifications may not be sent (XINGLIN_SUBSCRIPTION_NETWORKS)',
    )
}
