/** Where the sign-in page may send a browser. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { continueElsewhere } from './continue.ts'

const goesTo = (search: string) => {
  const gone: string[] = []
  continueElsewhere({ search, assign: (path) => void gone.push(String(path)) })
  return gone
}

test('after signing in only the page that asks for an app is gone on to', () => {
  assert.deepEqual(goesTo('?continue=/oauth2/interaction/Ab_c-1'), ['/oauth2/interaction/Ab_c-1'])
  const refused = [
    '',
    '?continue=https://evil.example/',
    '?continue=//evil.example/oauth2/interaction/x',
    '?continue=/oauth2/interaction/../../evil',
    '?continue=/%5Cevil.example',
    '?continue=javascript:alert(1)',
    '?continue=/api/session',
  ]
  assert.deepEqual(refused.flatMap(goesTo), [])
})
