/** A folder as a destination: a file a message, whole or not at all; one that is there is never replaced. */
import type { Answer, OpenDestination } from '@xinglin/interfaces'
import type { NameOf } from './settings.ts'
import type { FileStore } from './store.ts'

/** Writes into the store; a message that is sent again is known by its file. */
export function openFileDestination(store: FileStore, nameOf: NameOf): OpenDestination {
  return {
    async send(outgoing): Promise<Answer> {
      const made = await store.create(nameOf(outgoing), outgoing.content)
      if (made !== 'other') return { kind: 'taken' }
      return {
        ...{ kind: 'refused', code: 'files.exists' },
        reason: 'the folder has a file of this name with another content',
      }
    },
    close: () => store.close(),
  }
}
