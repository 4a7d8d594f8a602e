/** Keys, window presets and words of the viewer. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { actOfKey } from './keys.ts'
import { presetsFor, rangeOf, rangeOfWindow, windowOfRange } from './presets.ts'

const plain = { ctrlKey: false, metaKey: false, altKey: false }

test('keys do what the page says, and leave the browser its own', () => {
  const acts = ['ArrowDown', 'PageUp', 'End', 'L', '3', ' ', 'x'].map((key) => actOfKey({ key, ...plain }))

  assert.deepEqual(acts, [
    { kind: 'step', by: 1 },
    { kind: 'step', by: -10 },
    { kind: 'edge', to: 'last' },
    { kind: 'mode', mode: 'length' },
    { kind: 'preset', index: 2 },
    { kind: 'cine' },
    undefined,
  ])
  assert.equal(actOfKey({ key: 'r', ...plain, ctrlKey: true }), undefined)
})

test('a window and its range are one thing', () => {
  assert.deepEqual(rangeOfWindow(40, 400), { lower: -160, upper: 239 })
  assert.deepEqual(windowOfRange({ lower: -160, upper: 239 }), { center: 40, width: 400 })
})

test('computed tomography has its five windows, everything else the image’s own, wider and narrower', () => {
  const stored = rangeOfWindow(100, 200)
  const shown = (modality: string) =>
    presetsFor(modality).map((preset) => windowOfRange(rangeOf(preset, stored)))

  assert.deepEqual(shown('CT'), [
    { center: 100, width: 200 },
    { center: -600, width: 1500 },
    { center: 40, width: 400 },
    { center: 480, width: 2500 },
    { center: 40, width: 80 },
  ])
  assert.deepEqual(shown('MR'), [
    { center: 100, width: 200 },
    { center: 100, width: 400 },
    { center: 100, width: 100 },
  ])
})
