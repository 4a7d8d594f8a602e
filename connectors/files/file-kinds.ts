/** The kinds `file`: folders of this machine, below the roots that the installation allows. */
import { resolve } from 'node:path'
import {
  type DestinationKind,
  type EndpointSettings,
  type SettingsReader,
  type SourceKind,
  wholeSettings,
  wrongSetting,
} from '@xinglin/interfaces'
import type { Runtime } from '@xinglin/runtime'
import { openFileDestination } from './destination.ts'
import { isBelow, localStore } from './local-store.ts'
import { nameSetting, sourceSettings } from './settings.ts'
import { openFileSource } from './source.ts'

export type FileOptions = {
  readonly runtime: Runtime
  /** Absolute folders; interfaces reach nothing outside of them. A relative `folder` lies in the first. */
  readonly roots: readonly string[]
}

/** `{ kind: 'file', folder, pattern?, order?, split?, after?, everyMs?, stillMs?, mostBytes? }`. */
export function fileSource({ runtime, roots }: FileOptions): SourceKind {
  const read = (settings: EndpointSettings) =>
    wholeSettings(settings, (reader) => ({
      folder: folderSetting(settings, reader, roots),
      settings: sourceSettings(reader),
    }))
  return {
    kind: 'file',
    check: (settings) => void read(settings),
    async open(given, take, seat) {
      const { folder, settings } = read(given)
      return openFileSource({
        ...{ settings, take, seat, runtime, address: folder },
        store: localStore(folder, roots),
      })
    },
  }
}

/** `{ kind: 'file', folder, name? }`. */
export function fileDestination({ roots }: FileOptions): DestinationKind {
  const read = (settings: EndpointSettings) =>
    wholeSettings(settings, (reader) => ({
      folder: folderSetting(settings, reader, roots),
      nameOf: nameSetting(reader),
    }))
  return {
    kind: 'file',
    check: (settings) => void read(settings),
    open(settings) {
      const { folder, nameOf } = read(settings)
      return openFileDestination(localStore(folder, roots), nameOf)
    },
  }
}

function folderSetting(settings: EndpointSettings, reader: SettingsReader, roots: readonly string[]): string {
  const folder = reader.text('folder', { allowed: 'a folder', pattern: /^[^\0]{1,1000}$/ })
  const allowed = `a folder below ${roots.join(' or ')}`
  if (folder.split(/[/\\]/).includes('..')) throw wrongSetting(settings, 'folder', allowed)
  const place = resolve(roots[0] ?? '/', folder)
  if (!roots.some((root) => isBelow(root, place))) throw wrongSetting(settings, 'folder', allowed)
  return place
}
