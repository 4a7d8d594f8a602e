/** Who must have a second factor where nobody has set it. */
import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { demandedFactor } from './second-factor.ts'

const here = { bind: '127.0.0.1' } as const

test('administrators need a second factor; not in a demonstration that no other machine reaches', async () => {
  const asked = [
    [here, false],
    [here, true],
    [{ bind: '::1' }, true],
    [{ bind: '0.0.0.0' }, true],
    [{ bind: '10.1.0.5' }, true],
    [{ ...here, publicUrl: 'https://hospital.example' }, true],
    [{ ...here, trustedProxies: ['127.0.0.1'] }, true],
    [{ ...here, secondFactor: 'everyone' }, true],
    [{ bind: '0.0.0.0', secondFactor: 'optional' }, false],
  ] as const

  const demanded = await Promise.all(
    asked.map(([config, isDemonstration]) =>
      demandedFactor(
        { publicUrl: undefined, trustedProxies: undefined, secondFactor: undefined, ...config },
        async () => isDemonstration,
      ),
    ),
  )

  deepEqual(demanded, [
    ...['administrators', 'optional', 'optional', 'administrators', 'administrators', 'administrators'],
    ...['administrators', 'everyone', 'optional'],
  ])
})
