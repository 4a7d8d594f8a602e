/** Where notifications may go: what is not public is reached only where the installation names it. */
import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { createAddresses } from './addresses.ts'

test('private, loopback, link-local, translated and multicast addresses are refused, public ones are not', () => {
  const { mayReach } = createAddresses([])
  const refused =
    `0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 127.9.9.9 169.254.169.254 172.16.0.1 172.31.255.255 192.168.1.1
    198.18.0.1 224.0.0.1 255.255.255.255 :: ::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:7f00:1 64:ff9b::7f00:1
    2002:7f00:1:: fe80::1 fc00::1 fd12::1 ff02::1 2001:db8::1 nonsense`.split(/\s+/)
  const reached = ['1.1.1.1', '203.0.114.1', '172.32.0.1', '2606:4700::1111', '::ffff:1.1.1.1']

  deepEqual(
    refused.filter((address) => mayReach(address, true)),
    [],
  )
  deepEqual(
    reached.filter((address) => mayReach(address, true)),
    reached,
  )
})

test('plain http reaches named networks only', () => {
  const { mayReach } = createAddresses(['10.2.0.0/16', '127.0.0.1', 'fd00:1::/32'])

  deepEqual(
    ['10.2.3.4', '127.0.0.1', 'fd00:1::7', '::ffff:10.2.0.1', '10.3.0.1', '127.0.0.2', '1.1.1.1'].map(
      (address) => [address, mayReach(address, false)],
    ),
    [
      ['10.2.3.4', true],
      ['127.0.0.1', true],
      ['fd00:1::7', true],
      ['::ffff:10.2.0.1', true],
      ['10.3.0.1', false],
      ['127.0.0.2', false],
      ['1.1.1.1', false],
    ],
  )
})

test('a name that resolves to a private address is refused when the connection is made', async () => {
  const lookup = createAddresses([]).lookup(true)

  const code = await new Promise((settle) => lookup('localhost', {}, (error) => settle(error?.code)))

  deepEqual(code, 'EACCES')
})
