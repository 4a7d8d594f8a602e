/**
 * Where notifications may be sent (OWASP server-side request forgery): public addresses by https; private networks only
 * where the installation names them, there also by http. The address is judged when the connection is made, so that a
 * name that resolves differently a second later changes nothing.
 */
import { type LookupAddress, lookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

/** IANA special-purpose registries: everything that is not a public unicast address. */
const notPublic4 = `0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24
192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4`
/** Translated and tunnelled IPv4 (64:ff9b, 2002, 2001) too; IPv4 written as ::ffff:… is judged as IPv4 by BlockList itself. */
const notPublic6 = `::/127 64:ff9b::/96 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 2002::/16 fc00::/7
fe80::/10 fec0::/10 ff00::/8`

export interface Addresses {
  /** Whether an IP address may be connected to over http or https. */
  mayReach(address: string, isSecure: boolean): boolean
  /** Resolves names to addresses that may be connected to; fails with `EACCES` where none is. */
  lookup(isSecure: boolean): LookupFunction
}

/** The guard with the networks that the installation allows besides. */
export function createAddresses(networks: readonly string[]): Addresses {
  const notPublic = listOf([...notPublic4.split(/\s+/), ...notPublic6.split(/\s+/)])
  const allowed = listOf(networks)
  const mayReach = (address: string, isSecure: boolean) => {
    const family = familyOf(address)
    if (family === undefined) return false
    if (allowed.check(address, family)) return true
    return isSecure && !notPublic.check(address, family)
  }
  return { mayReach, lookup: (isSecure) => guardedLookup((address) => mayReach(address, isSecure)) }
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const network of networks) {
    const [base = '', bits] = network.split('/')
    const family = familyOf(base)
    if (family === undefined) continue
    list.addSubnet(base, bits === undefined ? (family === 'ipv4' ? 32 : 128) : Number(bits), family)
  }
  return list
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  const version = isIP(address)
  if (version === 0) return undefined
  return version === 4 ? 'ipv4' : 'ipv6'
}

function guardedLookup(mayReach: (address: string) => boolean): LookupFunction {
  return (hostname, options, answer) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return answer(error, '', 0)
      const reachable = addresses.filter(({ address }) => mayReach(address))
      const [first] = reachable
      if (!first) return answer(refused(), '', 0)
      if (options.all) return answer(null, reachable as LookupAddress[])
      return answer(null, first.address, first.family)
    })
  }
}

function refused(): NodeJS.ErrnoException {
  return Object.assign(new Error('no address that may be reached'), { code: 'EACCES' })
}
