/** Sessions and tokens that were just looked up: bounded, and believed for seconds only so that revoking acts soon. */
import { believedMs, cachedCredentials } from './settings.ts'

export interface CredentialCache<T> {
  /** What is known under a digest and was looked up lately; undefined otherwise. */
  get(digest: string, nowMs: number): T | undefined
  set(digest: string, value: T, nowMs: number): void
  forget(digest: string): void
  clear(): void
}

export function createCredentialCache<T>(): CredentialCache<T> {
  const held = new Map<string, { readonly value: T; readonly at: number }>()
  return {
    get(digest, nowMs) {
      const entry = held.get(digest)
      if (!entry || Math.abs(nowMs - entry.at) > believedMs) return undefined
      return entry.value
    },
    set(digest, value, nowMs) {
      held.delete(digest)
      held.set(digest, { value, at: nowMs })
      if (held.size <= cachedCredentials) return
      const [oldest] = held.keys()
      if (oldest !== undefined) held.delete(oldest)
    },
    forget: (digest) => void held.delete(digest),
    clear: () => held.clear(),
  }
}
