/** What is accepted and what is refused over C-STORE, over real sockets (PS3.4 §B.2.3, PS3.7 §9.1.1). */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from '@xinglin/database'
import {
  explicitBigEndian,
  explicitLittleEndian,
  implicitLittleEndian,
  readPart10,
  transferSyntaxes,
} from '@xinglin/dicom'
import { commands, contextResults, dataPdus, statuses, writeCommandSet } from '@xinglin/dicom/network'
import { testKernel, testTenant } from '@xinglin/testkit'
import { dicomMigrations, startDicomNode } from './dicom-node.ts'
import { maxAssociations } from './settings.ts'
import { createStudyRecorder } from './study/study-recorder.ts'
import { ctInstance, ctSopClass } from './testing/ct-instance.ts'
import { openScu, type Scu } from './testing/store-scu.ts'

const kernel = await testKernel({ migrations: [dicomMigrations] })
const node = await startDicomNode(kernel, {
  bind: '127.0.0.1',
  port: 0,
  aeTitle: 'XINGLIN',
  tenant: testTenant,
})
after(() => node.stop())

const ct = [{ abstractSyntax: ctSopClass, transferSyntaxes: [explicitLittleEndian.uid] }]
const openToNode = (contexts = ct): Promise<Scu> => openScu({ port: node.port, contexts })
const slice = (study: string, instanceNumber: number) =>
  ctInstance({ studyInstanceUid: study, instanceNumber, rows: 16 })
const held = (sopInstanceUid: string) =>
  kernel.database.query(sql<{ object: string; sizeBytes: number }>`
    select object, size_bytes::float8 as "sizeBytes"
    from dicom.instance
    where sop_instance_uid = ${sopInstanceUid}`)

test('each context gets its own answer: known classes and syntaxes are accepted, others named', async () => {
  const scu = await openToNode([
    ...ct,
    {
      abstractSyntax: ctSopClass,
      transferSyntaxes: ['1.2.3.4', explicitBigEndian.uid, implicitLittleEndian.uid],
    },
    { abstractSyntax: ctSopClass, transferSyntaxes: ['1.2.3.4'] },
    { abstractSyntax: '1.2.840.10008.5.1.4.1.2.2.1', transferSyntaxes: [implicitLittleEndian.uid] },
    {
      abstractSyntax: '1.2.840.10008.5.1.4.1.1.999.1',
      transferSyntaxes: transferSyntaxes.map(({ uid }) => uid),
    },
  ])

  const answers = scu.accepted.contexts.map(({ result, transferSyntax }) => ({ result, transferSyntax }))

  assert.deepEqual(answers, [
    { result: contextResults.acceptance, transferSyntax: explicitLittleEndian.uid },
    { result: contextResults.acceptance, transferSyntax: explicitBigEndian.uid },
    { result: contextResults.transferSyntaxesNotSupported, transferSyntax: '1.2.3.4' },
    { result: contextResults.abstractSyntaxNotSupported, transferSyntax: implicitLittleEndian.uid },
    { result: contextResults.acceptance, transferSyntax: implicitLittleEndian.uid },
  ])
  await scu.release()
})

test('another called AE title is rejected, ours in any case is not', async () => {
  await assert.rejects(openScu({ port: node.port, calledAe: 'OTHER', contexts: ct }), /associate-reject/)
  const scu = await openScu({ port: node.port, calledAe: 'xinglin', contexts: ct })
  await scu.release()
})

/** An association counts until the node has seen its connection close, a moment after the release was answered. */
async function openOnceThereIsRoom() {
  for (;;) {
    const opened = await openToNode().catch((error: Error) => error)
    if (!(opened instanceof Error)) return opened
    if (opened.message !== 'associate-reject') throw opened
    await new Promise((settle) => setTimeout(settle, 10))
  }
}

test('an association beyond the limit is rejected for the moment, and taken when another has ended', async () => {
  const open = await Promise.all(Array.from({ length: maxAssociations }, openOnceThereIsRoom))

  await assert.rejects(openToNode(), /associate-reject/)
  await Promise.all(open.map((scu) => scu.release()))

  const scu = await openOnceThereIsRoom()
  await scu.release()
})

test('the stored file is the dataset that was sent, behind a meta header', async () => {
  const instance = slice('1.2.9.1', 1)
  const scu = await openToNode()

  const answer = await scu.store(instance, { pduBytes: 64 })
  await scu.release()

  assert.equal(answer.status, statuses.success)
  const [row] = await held(instance.sopInstanceUid)
  const found = await kernel.objects.get(row?.object as never)
  const chunks: Uint8Array[] = []
  for await (const chunk of found?.bytes ?? []) chunks.push(chunk)
  const file = Buffer.concat(chunks)
  const { datasetOffset, transferSyntax } = readPart10(file)
  assert.equal(transferSyntax.uid, explicitLittleEndian.uid)
  assert.deepEqual(file.subarray(datasetOffset), Buffer.from(instance.dataset))
})

test('the same instance sent again is accepted and held once', async () => {
  const instance = slice('1.2.9.2', 1)
  const scu = await openToNode()

  const statusesGiven = [await scu.store(instance), await scu.store(instance)].map((answer) => answer.status)
  await scu.release()

  assert.deepEqual(statusesGiven, [statuses.success, statuses.success])
  assert.equal((await held(instance.sopInstanceUid)).length, 1)
  const journal = await kernel.traffic.list({ tenant: testTenant, text: instance.sopInstanceUid, limit: 10 })
  assert.equal(journal.length, 1)
})

test('another instance under a UID that is taken is refused with 0111H, and the first stays', async () => {
  const first = slice('1.2.9.3', 1)
  const second = { ...slice('1.2.9.3', 2), sopInstanceUid: first.sopInstanceUid }
  const changed = Buffer.from(first.dataset)
  changed[changed.length - 1] = (changed[changed.length - 1] ?? 0) ^ 1
  const scu = await openToNode()

  await scu.store(first)
  const [before] = await held(first.sopInstanceUid)
  const answers = [await scu.store({ ...first, dataset: changed }), await scu.store(second)]
  await scu.release()

  assert.deepEqual(
    answers.map(({ status }) => status),
    [statuses.duplicateSopInstance, statuses.dataSetDoesNotMatchSopClass],
  )
  assert.deepEqual(await held(first.sopInstanceUid), [before])
})

test('a dataset without its identifiers, a cut one and one that is no DICOM get their statuses', async () => {
  const sound = slice('1.2.9.4', 1)
  const scu = await openToNode()

  const answers = [
    await scu.store({ ...sound, sopInstanceUid: '1.2.9.4.99' }),
    await scu.store({ ...sound, dataset: sound.dataset.subarray(0, sound.dataset.length - 9) }),
    await scu.store({ ...sound, dataset: Buffer.from('no DICOM at all, and long enough to be looked at') }),
    await scu.store({ ...sound, dataset: sound.dataset.subarray(0, 40) }),
    await scu.store(sound),
  ]
  await scu.release()

  assert.deepEqual(
    answers.map(({ status }) => status),
    [
      statuses.dataSetDoesNotMatchSopClass,
      statuses.cannotUnderstand,
      statuses.cannotUnderstand,
      statuses.cannotUnderstand,
      statuses.success,
    ],
  )
  // A refusal is journalled after its answer.
  const refusedCodes = async () =>
    (await kernel.traffic.list({ tenant: testTenant, outcome: 'refused', limit: 10 })).map(({ code }) => code)
  for (let tries = 0; tries < 100 && !(await refusedCodes()).includes('dicom.identifier-differs'); tries++)
    await pause(20)
  assert.ok((await refusedCodes()).includes('dicom.identifier-differs'))
})

test('a request that we do not serve is answered with 0211H', async () => {
  const scu = await openToNode()
  const answered = new Promise<Buffer>((settle) => scu.socket.once('data', settle))

  const find = { commandField: 0x0020, messageId: 9, sopClassUid: ctSopClass, hasDataSet: false }
  for (const part of dataPdus(1, true, writeCommandSet(find), 0)) scu.socket.write(part)

  const bytes = await answered
  assert.ok(bytes.includes(Buffer.from([0, 0, 0, 9, 2, 0, 0, 0, 0x11, 0x02])))
  assert.notEqual(commands.storeRequest, find.commandField)
  scu.socket.destroy()
})

test('an association that ends within a dataset leaves nothing', async () => {
  const instance = slice('1.2.9.5', 1)
  const scu = await openToNode()
  const storing = scu.store({ ...instance, dataset: instance.dataset }, { pduBytes: 64 })
  scu.socket.destroy()
  await assert.rejects(storing)
  await new Promise((settle) => setTimeout(settle, 100))

  const cut = await openToNode()
  const { sopClassUid, sopInstanceUid, dataset } = slice('1.2.9.5', 2)
  const command = {
    commandField: commands.storeRequest,
    messageId: 1,
    sopClassUid,
    sopInstanceUid,
    hasDataSet: true,
  }
  for (const part of dataPdus(1, true, writeCommandSet(command), 0)) cut.socket.write(part)
  const [header, body] = dataPdus(1, false, dataset, 0)
  cut.socket.write(Buffer.concat([header ?? Buffer.alloc(0), body?.subarray(0, 300) ?? Buffer.alloc(0)]))
  await new Promise((settle) => setTimeout(settle, 50))
  cut.socket.destroy()
  await new Promise((settle) => setTimeout(settle, 100))

  assert.deepEqual(await held(sopInstanceUid), [])
})

test('many associations storing at once lose nothing and share one study', async () => {
  const study = '1.2.9.6'
  const senders = await Promise.all(Array.from({ length: 4 }, () => openToNode()))

  const answers = await Promise.all(
    senders.map(async (scu, sender) => {
      const given: (number | undefined)[] = []
      for (let number = 1; number <= 25; number++)
        given.push((await scu.store(slice(study, sender * 25 + number))).status)
      await scu.release()
      return given
    }),
  )
  await createStudyRecorder(kernel).drain()

  assert.deepEqual(new Set(answers.flat()), new Set([statuses.success]))
  const page = await kernel.records.search(testTenant, 'ImagingStudy', [['identifier', `urn:oid:${study}`]])
  assert.equal(page.matches.length, 1)
  assert.equal(JSON.parse(page.matches[0]?.json ?? '{}').numberOfInstances, 100)
  assert.equal((await kernel.database.query(sql`select from dicom.pending`)).length, 0)
})

test('what is pending when the process dies is recorded by the next one', async () => {
  const study = '1.2.9.7'
  const other = await startDicomNode(kernel, {
    bind: '127.0.0.1',
    port: 0,
    aeTitle: 'XINGLIN',
    tenant: testTenant,
  })
  const scu = await openScu({ port: other.port, contexts: ct })
  await scu.store(slice(study, 1))
  await scu.release()
  // Stopped at once: the recorder has had no time, its row is all that is left of the wish.
  await other.stop()

  await createStudyRecorder(kernel).drain()

  const page = await kernel.records.search(testTenant, 'ImagingStudy', [['identifier', `urn:oid:${study}`]])
  assert.equal(page.matches.length, 1)
})

test('a study is recorded by itself', async () => {
  const study = '1.2.9.8'
  const scu = await openToNode()
  await scu.store(slice(study, 1))
  await scu.release()

  let count = 0
  while (count === 0) {
    await new Promise((settle) => setTimeout(settle, 25))
    const page = await kernel.records.search(testTenant, 'ImagingStudy', [['identifier', `urn:oid:${study}`]])
    count = page.matches.length
  }

  assert.equal(count, 1)
})
