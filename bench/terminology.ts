/** Terminology: a code system of 100,000 codes comes in by the route; then its value set is expanded by what somebody types. */
import { setTimeout as pause } from 'node:timers/promises'
import { fetchToken, type Platform } from '@xinglin/client'
import { createHttpClient } from './http.ts'
import { type Measurement, measure } from './measure.ts'

const concepts = 100_000
const secondsPerRow = 10
const system = 'http://bench.test/CodeSystem/findings'
const valueSet = {
  resourceType: 'ValueSet',
  id: 'findings',
  url: 'http://bench.test/ValueSet/findings',
  status: 'active',
  compose: { include: [{ system, filter: [{ property: 'concept', op: 'is-a', value: 'ROOT' }] }] },
}
/** From a word that thousands have to one code, in English, Chinese, pinyin and initials. */
const typed = [
  'fail',
  'failure kidney',
  'f5000',
  '肾',
  '肾衰',
  'shenshuai',
  'ssj',
  '甲状腺肿瘤',
  'tumour thyroid type 77',
]

export async function benchTerminology(platform: Platform): Promise<readonly Measurement[]> {
  const { value: token } = await fetchToken(platform.baseUrl, platform.client)
  const http = createHttpClient({ port: platform.ports.http, connections: 8, token })
  const imported = await measure('import of 100,000 codes from CSV', { senders: 1, count: 1 }, () =>
    importCatalogue(platform.baseUrl, token),
  )
  await http.send('PUT', '/fhir/R4/ValueSet/findings', JSON.stringify(valueSet))
  const expand = (index: number) => {
    const filter = encodeURIComponent(typed[index % typed.length] ?? '')
    return http.send('GET', `/fhir/R4/ValueSet/findings/$expand?count=20&filter=${filter}`)
  }
  const isFull = ({ status, body }: Awaited<ReturnType<typeof expand>>) =>
    status === 200 && body.includes('"contains"')
  const rows = [
    imported,
    await measure(
      '$expand of it by filter, one after the other',
      { senders: 1, seconds: secondsPerRow },
      async (_, index) => isFull(await expand(index)),
    ),
    await measure(
      '$expand of it by filter, 4 connections',
      { senders: 4, seconds: secondsPerRow },
      async (_, index) => isFull(await expand(index)),
    ),
    await measure(
      'ValueSet/$validate-code in it',
      { senders: 4, seconds: secondsPerRow },
      async (_, index) => {
        const path = `/fhir/R4/ValueSet/findings/$validate-code?system=${system}&code=F${1 + (index % 99_000)}`
        const { status, body } = await http.send('GET', path)
        return status === 200 && body.includes('true')
      },
    ),
  ]
  http.close()
  return rows
}

async function importCatalogue(baseUrl: string, token: string): Promise<number | false> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'text/csv' }
  const query = new URLSearchParams({ system, version: '1' })
  const answer = await fetch(`${baseUrl}/api/terminology/imports?${query}`, {
    method: 'POST',
    headers,
    body: catalogue(),
  })
  const { id } = (await answer.json()) as { id: string }
  for (;;) {
    const state = await fetch(`${baseUrl}/api/terminology/imports/${id}`, { headers })
    const { state: is } = (await state.json()) as { state: string }
    if (is === 'done') return concepts
    if (is === 'refused') return false
    await pause(100)
  }
}

const organs = [
  'kidney 肾',
  'liver 肝',
  'heart 心',
  'lung 肺',
  'stomach 胃',
  'skin 皮肤',
  'eye 眼',
  'bone 骨',
  'brain 脑',
  'thyroid 甲状腺',
]
const troubles = [
  'inflammation 炎症',
  'injury 损伤',
  'tumour 肿瘤',
  'bleeding 出血',
  'failure 衰竭',
  'cyst 囊肿',
  'infection 感染',
  'pain 疼痛',
]

function catalogue(): string {
  const lines = ['code,display,parent,designation:zh-CN', 'ROOT,All findings,,全部']
  for (let at = 1; at < concepts; at++) {
    const [organ, chineseOrgan] = (organs[at % organs.length] ?? '').split(' ')
    const [trouble, chineseTrouble] = (
      troubles[Math.floor(at / organs.length) % troubles.length] ?? ''
    ).split(' ')
    const section = Math.floor(at / 100) * 100
    const parent = at % 100 === 0 || section === 0 ? 'ROOT' : `F${section}`
    lines.push(
      `F${at},"${trouble} of the ${organ}, type ${at}",${parent},${chineseOrgan}${chineseTrouble}${at}型`,
    )
  }
  return lines.join('\n')
}
