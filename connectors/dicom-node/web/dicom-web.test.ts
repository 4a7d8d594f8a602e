/** DICOMweb over HTTP: what was stored is found, comes back byte for byte, and is seen by those who may. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { explicitBigEndian, explicitLittleEndian, readPart10, tags, text } from '@xinglin/dicom'
import { part10Samples, samplesMissing } from '@xinglin/dicom/testing'
import { testKernel } from '@xinglin/testkit'
import { dicomMigrations, registerDicomWeb } from '../dicom-node.ts'
import { createStudyRecorder } from '../study/study-recorder.ts'
import { ctInstance, part10Of } from '../testing/ct-instance.ts'
import { readMultipart } from './multipart-reader.ts'

const kernel = await testKernel({ migrations: [dicomMigrations], register: registerDicomWeb, listen: true })
const headers = await kernel.authorisation()
const base = `${kernel.baseUrl}/dicom-web`

const get = (path: string, accept = '*/*'): Promise<Response> =>
  fetch(`${base}${path}`, { headers: { ...headers, accept } })
type Found = Record<string, { vr: string; Value?: unknown[]; BulkDataURI?: string }>
type Item = Record<string, { vr: string; Value: (string | number)[] }>
type StoreAnswer = Record<string, { vr: string; Value: Item[] }>
const answerOf = async (response: Response): Promise<StoreAnswer> => JSON.parse(await response.text())
const json = async (path: string): Promise<Found[]> => JSON.parse(await (await get(path)).text())

function stow(files: readonly Uint8Array[], path = '/studies'): Promise<Response> {
  const parts = files.flatMap((file) => [
    Buffer.from('--part\r\nContent-Type: application/dicom\r\n\r\n'),
    file,
    Buffer.from('\r\n'),
  ])
  return fetch(`${base}${path}`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'multipart/related; type="application/dicom"; boundary=part' },
    body: Buffer.concat([...parts, Buffer.from('--part--\r\n')]),
  })
}

async function partsOf(response: Response): Promise<{ type: string; bytes: Buffer }[]> {
  const boundary = /boundary=([^;]+)/.exec(response.headers.get('content-type') ?? '')?.[1] ?? ''
  const parts: { type: string; bytes: Buffer }[] = []
  assert.ok(response.body)
  for await (const part of readMultipart(response.body, boundary)) {
    const chunks: Uint8Array[] = []
    for await (const chunk of part.bytes) chunks.push(chunk)
    parts.push({ type: part.headers['content-type'] ?? '', bytes: Buffer.concat(chunks) })
  }
  return parts
}

const study = '1.2.7.1'
const slice = (instanceNumber: number, more = {}) =>
  ctInstance({ studyInstanceUid: study, instanceNumber, rows: 32, ...more })
const path = (instanceNumber: number) =>
  `/studies/${study}/series/${study}.1/instances/${study}.1.${instanceNumber}`

test('posted instances are told one by one: stored, or refused with a reason', async () => {
  const broken = Buffer.from(part10Of(slice(9))).subarray(0, 901)

  const response = await stow([part10Of(slice(1)), part10Of(slice(2)), broken])

  assert.equal(response.status, 202)
  const answer = await answerOf(response)
  assert.deepEqual(
    answer['00081199']?.Value,
    [1, 2].map((number) => ({
      '00081150': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.2'] },
      '00081155': { vr: 'UI', Value: [`${study}.1.${number}`] },
      '00081190': { vr: 'UR', Value: [`${base}${path(number)}`] },
    })),
  )
  assert.deepEqual(
    answer['00081198']?.Value.map((item) => item['00081197']),
    [{ vr: 'US', Value: [0xc000] }],
  )
})

test('nothing but instances of the study is taken under its address', async () => {
  const response = await stow(
    [part10Of(ctInstance({ studyInstanceUid: '1.2.7.99', instanceNumber: 1, rows: 8 }))],
    `/studies/${study}`,
  )

  assert.equal(response.status, 409)
  assert.deepEqual(await json('/studies?StudyInstanceUID=1.2.7.99'), [])
})

test('studies are found by each of their keys, Chinese names and wild cards included', async () => {
  const other = {
    studyInstanceUid: '1.2.7.2',
    patientId: 'P2',
    patientName: 'Li^Si=李^四',
    studyDate: '20250301',
    accessionNumber: 'A77',
  }
  assert.equal((await stow([part10Of(ctInstance({ ...other, instanceNumber: 1, rows: 8 }))])).status, 200)
  const uidsFor = async (query: string) =>
    (await json(`/studies?${query}`)).map((found) => found['0020000D']?.Value?.[0])

  const found = {
    all: await uidsFor(''),
    uid: await uidsFor(`StudyInstanceUID=${study}`),
    uids: await uidsFor(`StudyInstanceUID=${study},1.2.7.2`),
    patient: await uidsFor('PatientID=P2'),
    chinese: await uidsFor(`PatientName=${encodeURIComponent('李四')}`),
    chineseStart: await uidsFor(`00100010=${encodeURIComponent('张*')}`),
    latin: await uidsFor('PatientName=zhang^san'),
    wild: await uidsFor('PatientName=L?%5ES*'),
    range: await uidsFor('StudyDate=20250101-20251231'),
    open: await uidsFor('StudyDate=20260101-'),
    accession: await uidsFor('AccessionNumber=A77'),
    modality: await uidsFor('ModalitiesInStudy=MR'),
    page: await uidsFor('limit=1&offset=1'),
  }

  assert.deepEqual(found, {
    all: [study, '1.2.7.2'],
    uid: [study],
    uids: [study, '1.2.7.2'],
    patient: ['1.2.7.2'],
    chinese: ['1.2.7.2'],
    chineseStart: [study],
    latin: [study],
    wild: ['1.2.7.2'],
    range: ['1.2.7.2'],
    open: [study],
    accession: ['1.2.7.2'],
    modality: [],
    page: ['1.2.7.2'],
  })
})

test('series and instances are found, each level with its counts and its address', async () => {
  const [series] = await json(`/studies/${study}/series?Modality=CT`)
  const instances = await json(`/studies/${study}/series/${study}.1/instances`)
  const one = await json(`/instances?SOPInstanceUID=${study}.1.2`)

  assert.deepEqual(series?.['00201209'], { vr: 'IS', Value: [2] })
  assert.deepEqual(
    instances.map((found) => found['00200013']?.Value?.[0]),
    [1, 2],
  )
  assert.deepEqual(one[0]?.['00081190'], { vr: 'UR', Value: [`${base}${path(2)}`] })
  assert.equal((await get('/studies?limit=x')).status, 400)
  assert.match((await get('/studies?NoSuchKey=1')).headers.get('warning') ?? '', /^299 /)
})

test('every sample that can be stored comes back byte for byte', { skip: samplesMissing }, async () => {
  const samples = [
    ...part10Samples('transfer-syntaxes'),
    ...part10Samples('pydicom'),
    ...part10Samples('pydicom/charset_files'),
  ]
  const stored: string[] = []
  const notStored: string[] = []
  const seen = new Set<string>()
  for (const { name, bytes } of samples) {
    const response = await stow([bytes])
    const answer = await answerOf(response)
    const item = answer['00081199']?.Value[0]
    const uid = String(item?.['00081155']?.Value[0])
    if (response.status !== 200 || seen.has(uid)) {
      notStored.push(name)
      continue
    }
    seen.add(uid)
    const url = String(item?.['00081190']?.Value[0]).slice(base.length)
    const [part] = await partsOf(
      await get(url, 'multipart/related; type="application/dicom"; transfer-syntax=*'),
    )
    assert.ok(part?.bytes.equals(bytes), name)
    stored.push(name)
  }

  // Those that are left have no identifiers, are DICOMDIRs, are damaged, or share their UID with another sample.
  assert.ok(stored.length >= 40, `${stored.length} stored, not: ${notStored.join(', ')}`)
})

test('metadata hold the attributes, pixel data as an address that can be fetched', async () => {
  const [metadata] = await json(`${path(1)}/metadata`)
  const uri = metadata?.['7FE00010']?.BulkDataURI ?? ''
  const bulk = await fetch(uri, { headers })
  const [part] = await partsOf(bulk)

  assert.deepEqual(metadata?.['00100010'], {
    vr: 'PN',
    Value: [{ Alphabetic: 'Zhang^San', Ideographic: '张^三' }],
  })
  assert.deepEqual(metadata?.['00280010'], { vr: 'US', Value: [32] })
  assert.equal(part?.bytes.length, 32 * 32 * 2)
})

test('frames come native, little endian whatever they are stored as', async () => {
  const big = ctInstance({
    studyInstanceUid: '1.2.7.3',
    instanceNumber: 1,
    rows: 32,
    syntax: explicitBigEndian,
  })
  const little = ctInstance({ studyInstanceUid: '1.2.7.4', instanceNumber: 1, rows: 32 })
  await stow([part10Of(big), part10Of(little)])
  const frame = async (uid: string) =>
    (
      await partsOf(
        await get(
          `/studies/${uid}/series/${uid}.1/instances/${uid}.1.1/frames/1`,
          'multipart/related; type="application/octet-stream"',
        ),
      )
    )[0]

  const [one, other] = [await frame('1.2.7.3'), await frame('1.2.7.4')]

  assert.equal(one?.type, `application/octet-stream; transfer-syntax=${explicitLittleEndian.uid}`)
  assert.ok(one?.bytes.equals(other?.bytes ?? Buffer.alloc(0)))
  assert.equal((await get(`${path(1)}/frames/2`)).status, 404)
  assert.equal((await get(`${path(1)}/frames/0`)).status, 400)
})

test('compressed frames come as they are stored where the client takes any syntax', {
  skip: samplesMissing,
}, async () => {
  const sample = part10Samples('transfer-syntaxes').find(({ name }) => name.includes('JPEGLSLossless'))
  assert.ok(sample)
  const { dataset } = readPart10(sample.bytes)
  const [uid, series, instance] = [tags.StudyInstanceUID, tags.SeriesInstanceUID, tags.SOPInstanceUID].map(
    (tag) => text(dataset, tag),
  )
  await stow([sample.bytes])
  const url = `/studies/${uid}/series/${series}/instances/${instance}/frames/1`

  const [stored] = await partsOf(
    await get(url, 'multipart/related; type=application/octet-stream; transfer-syntax=*'),
  )
  const [native] = await partsOf(await get(url, 'application/octet-stream'))

  // Another sample of the same instance may have been stored first; either way the answer says what it is.
  assert.match(stored?.type ?? '', /^(image\/jls|application\/octet-stream|image\/\w+); transfer-syntax=/)
  assert.equal(native?.bytes.length, 512 * 512 * 2)
})

test('pictures are rendered as JPEG and PNG, in a window and a size', async () => {
  const jpeg = await get(`${path(1)}/rendered`)
  const png = await get(`${path(1)}/rendered?window=40,80&viewport=16,16`, 'image/png')
  const thumbnail = await get(`/studies/${study}/thumbnail`)
  const start = async (response: Response) => Buffer.from(await response.arrayBuffer()).subarray(0, 24)

  assert.deepEqual((await start(jpeg)).subarray(0, 2), Buffer.from([0xff, 0xd8]))
  assert.deepEqual((await start(png)).readUInt32BE(16), 16)
  assert.equal(thumbnail.status, 200)
  assert.equal((await get(`${path(1)}/rendered?window=40`)).status, 400)
  assert.equal((await get(`${path(1)}/rendered`, 'video/mp4')).status, 422)
})

test('nobody without sign-in, and nobody without the right, sees or stores anything', async () => {
  const anonymous = await fetch(`${base}/studies`)
  const narrow = { headers: await kernel.authorisation(['system/Observation.rs']) }

  const answers = [
    anonymous.status,
    (await fetch(`${base}/studies`, narrow)).status,
    (await fetch(`${base}${path(1)}/metadata`, narrow)).status,
    (await fetch(`${base}${path(1)}/rendered`, narrow)).status,
    (await get('/studies/1.2.3.4.5')).status,
    (await get('/studies/not-a-uid')).status,
  ]

  assert.deepEqual(answers, [401, 403, 403, 403, 404, 404])
})

test('each look leaves an audit entry on the study and its patient', async () => {
  await createStudyRecorder(kernel).drain()
  await (await get(`${path(1)}/metadata`)).text()
  await kernel.identity.stop()

  const { entries } = await kernel.identity.auditTrail.list(kernel.actor, {
    action: 'dicom-web.metadata',
    limit: 1,
  })

  const { resourceType, patient, outcome } = entries[0] ?? {}
  assert.deepEqual({ resourceType, outcome }, { resourceType: 'ImagingStudy', outcome: 'allowed' })
  assert.ok(patient)
})

test('a multipart body in any pieces gives the same parts, a cut one fails', async () => {
  const body = Buffer.from(
    'preamble\r\n--b\r\nA: 1\r\n\r\nfirst\r\n--bx\r\n\r\n--b\r\n\r\n\r\n--b--\r\nepilogue',
  )
  async function* pieces(size: number, bytes = body) {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
  }
  const read = async (source: AsyncIterable<Uint8Array>) => {
    const parts: string[] = []
    for await (const part of readMultipart(source, 'b')) {
      const chunks: Uint8Array[] = []
      for await (const chunk of part.bytes) chunks.push(chunk)
      parts.push(`${JSON.stringify(part.headers)} ${Buffer.concat(chunks).toString()}`)
    }
    return parts
  }

  const whole = await read(pieces(body.length))

  for (const size of [1, 2, 3, 5, 7, 11]) assert.deepEqual(await read(pieces(size)), whole, `${size}`)
  await assert.rejects(read(pieces(4, body.subarray(0, 40))), /breaks off/)
})
