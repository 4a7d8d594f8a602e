/** The rules of signing in that look back: passwords that were used before, and the history that a person is shown. */
import type { Migrations } from '@xinglin/database'

export { createFormerPasswords, type FormerPasswords } from './former-passwords.ts'
export { createSignInHistory, type SignIn, type SignInHistory } from './history.ts'

/** Tables of the schema `signin`. */
export const signInMigrations: Migrations = {
  name: 'signin',
  folder: new URL('./migrations/', import.meta.url),
}
