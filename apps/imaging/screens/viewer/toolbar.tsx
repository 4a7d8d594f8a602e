/** What can be done to the picture, with the key of each act beside it. */

import { useWords } from '@xinglin/kit'
import { Button, Space } from 'antd'
import { words } from '../words.ts'
import type { Mode, ViewerAct } from './keys.ts'
import type { Preset } from './presets.ts'

export type ToolbarProps = {
  readonly mode: Mode
  readonly presets: readonly Preset[]
  readonly isRunning: boolean
  readonly act: (act: ViewerAct) => void
}

const modes: readonly (readonly [Mode, string])[] = [
  ['window', 'W'],
  ['zoom', 'Z'],
  ['pan', 'P'],
  ['length', 'L'],
]
const oneOffs: readonly (readonly ['invert' | 'fit' | 'reset', string])[] = [
  ['invert', 'I'],
  ['fit', 'F'],
  ['reset', 'R'],
]

export function Toolbar({ mode, presets, isRunning, act }: ToolbarProps) {
  const say = useWords(words)
  return (
    <div className="imaging-tools" role="toolbar" aria-label={say('tools')}>
      <Space.Compact>
        {modes.map(([name, key]) => (
          <Button
            key={name}
            size="small"
            type={name === mode ? 'primary' : 'default'}
            aria-pressed={name === mode}
            onClick={() => act({ kind: 'mode', mode: name })}
          >
            {say(name)} <kbd>{key}</kbd>
          </Button>
        ))}
      </Space.Compact>
      <Space.Compact>
        {oneOffs.map(([kind, key]) => (
          <Button key={kind} size="small" onClick={() => act({ kind })}>
            {say(kind)} <kbd>{key}</kbd>
          </Button>
        ))}
        <Button size="small" aria-pressed={isRunning} onClick={() => act({ kind: 'cine' })}>
          {say(isRunning ? 'stop' : 'play')} <kbd>␣</kbd>
        </Button>
      </Space.Compact>
      <Space.Compact aria-label={say('presets')}>
        {presets.map((preset, index) => (
          <Button key={preset.name} size="small" onClick={() => act({ kind: 'preset', index })}>
            {say(preset.name)} <kbd>{index + 1}</kbd>
          </Button>
        ))}
      </Space.Compact>
    </div>
  )
}
