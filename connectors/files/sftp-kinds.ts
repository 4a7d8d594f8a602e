/** The kinds `sftp`: folders of other machines, their host key pinned, their login from the secrets of the installation. */
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
import { nameSetting, sourceSettings } from './settings.ts'
import { type SftpAddress, type SftpLimits, type SftpLogin, sftpLimits, sftpStore } from './sftp-store.ts'
import { openFileSource } from './source.ts'

export type SftpOptions = {
  readonly runtime: Runtime
  /** A secret of the installation by its name; throws where there is none. */
  readonly secretOf: (name: string) => Promise<string>
  readonly limits?: SftpLimits
}

/** `{ kind: 'sftp', host, port?, user, hostKey, password | key, folder, … }` with the settings of a `file` source. */
export function sftpSource({ runtime, secretOf, limits }: SftpOptions): SourceKind {
  const read = (settings: EndpointSettings) =>
    wholeSettings(settings, (reader) => ({ ...placeIn(settings, reader), settings: sourceSettings(reader) }))
  return {
    kind: 'sftp',
    check: (settings) => void read(settings),
    async open(given, take, seat) {
      const { address, secret, settings } = read(given)
      const store = sftpStore(address, () => loginOf(secret, secretOf), limits)
      return openFileSource({ store, settings, take, seat, runtime, address: shown(address) })
    },
  }
}

/** `{ kind: 'sftp', host, port?, user, hostKey, password | key, folder, name? }`. */
export function sftpDestination({ secretOf, limits }: SftpOptions): DestinationKind {
  const read = (settings: EndpointSettings) =>
    wholeSettings(settings, (reader) => ({ ...placeIn(settings, reader), nameOf: nameSetting(reader) }))
  return {
    kind: 'sftp',
    check: (settings) => void read(settings),
    open(settings) {
      const { address, secret, nameOf } = read(settings)
      return openFileDestination(
        sftpStore(address, () => loginOf(secret, secretOf), limits ?? sftpLimits),
        nameOf,
      )
    },
  }
}

/** Names of secrets, never the secrets: interfaces stand in files that many read. */
type Secret = { readonly kind: 'password' | 'key'; readonly name: string }
type Place = { readonly address: SftpAddress; readonly secret: Secret }

const secretName = { allowed: 'the name of a secret', pattern: /^[\w-]{1,64}$/ }
const sshPort = 22

function placeIn(settings: EndpointSettings, reader: SettingsReader): Place {
  const password = reader.optionalText('password', secretName)
  const key = reader.optionalText('key', secretName)
  if ((password === undefined) === (key === undefined))
    throw wrongSetting(settings, 'password', 'there, or else key: the name of a secret')
  return {
    secret: key === undefined ? { kind: 'password', name: password ?? '' } : { kind: 'key', name: key },
    address: {
      host: reader.text('host', { allowed: 'the name or address of a host', pattern: /^[\w.:-]{1,253}$/ }),
      port: reader.number('port', { from: 1, to: 65_535, fallback: sshPort }),
      user: reader.text('user', { allowed: 'a name', pattern: /^[^\s\0]{1,100}$/ }),
      hostKey: reader.text('hostKey', {
        allowed: 'SHA256:… as ssh-keygen -lf prints it',
        pattern: /^SHA256:[A-Za-z0-9+/]{43}$/,
      }),
      folder: reader.text('folder', {
        allowed: 'a folder there, without . and .. in it',
        pattern: /^(?!(?:.*\/)?\.{1,2}(?:\/|$))[^\0]{1,1000}$/,
      }),
    },
  }
}

async function loginOf({ kind, name }: Secret, secretOf: SftpOptions['secretOf']): Promise<SftpLogin> {
  const secret = await secretOf(name)
  return kind === 'password' ? { password: secret } : { privateKey: secret }
}

function shown({ host, port, user, folder }: SftpAddress): string {
  return `sftp://${user}@${host}:${port}/${folder.replace(/^\//, '')}`
}
