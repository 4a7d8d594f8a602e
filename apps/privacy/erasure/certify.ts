/**
 * The end of an erasure: a certificate that is signed by the installation's key and says what was erased, when and by whom,
 * and nothing of the person; then what was needed to erase him is forgotten too.
 */
import { createHash } from 'node:crypto'
import { sql, type Transaction } from '@xinglin/database'
import { epochMs, type Instant, instantOf } from '@xinglin/fhir'
import { retentionVersion } from '../retention/retention.ts'
import { subjectDigest } from './again.ts'
import type { Certificate, Erasure, ErasureKernel, ErasureKey, Figures } from './erasure.ts'
import { eraserActor, personOf } from './steps.ts'

export const certificatePurpose = 'privacy.erasure-certificate'
export const erasureTask = 'privacy.erase'

export async function certify(kernel: ErasureKernel, to: Transaction, held: Erasure): Promise<void> {
  const { tenant, id, kept } = held
  const certificate = await certificateOf(kernel, to, held)
  const content = JSON.stringify(certificate, undefined, 2)
  const signature = await kernel.keys.sign(Buffer.from(content), certificatePurpose)
  const isKept = kept.length > 0
  const ends = kept.map(({ until }) => instantOf(Date.parse(until), kernel.runtime.timeZone))
  const [until] = ends.toSorted((one, other) => epochMs(other) - epochMs(one))
  await to.query(sql`
    insert into privacy.certificate (tenant, erasure, number, at, content, signature)
    values (${tenant}, ${id}, ${certificate.number}, ${certificate.finished}::timestamptz, ${content},
      ${sql.json(signature)}::jsonb)`)
  await to.query(sql`
    update privacy.erasure
    set state = ${isKept ? 'kept' : 'done'}, patient = ${isKept ? held.patient : null}, person = null,
      phase = 'plan', place = null, kept_until = ${until ?? null}::timestamptz
    where tenant = ${tenant} and id = ${id}`)
  await to.query(sql`delete from privacy.erasure_part where tenant = ${tenant} and erasure = ${id}`)
  // What a law keeps is erased when it no longer does.
  if (until)
    await kernel.jobs.enqueue(to, {
      task: erasureTask,
      payload: { tenant, id },
      runAt: until,
      key: keyOf(held),
    })
  const sha256 = createHash('sha256').update(content).digest('hex')
  kernel.events.append(to, { tenant, actor: eraserActor(kernel.identity, held).reference }, [
    { kind: isKept ? 'privacy.erased-but-kept' : 'privacy.erased', data: { erasure: id, sha256 } },
  ])
  await kernel.identity.audit(
    eraserActor(kernel.identity, held),
    {
      action: 'privacy.erasure.carry-out',
      outcome: 'allowed',
      detail: `erasure ${id} · certificate ${certificate.number} · sha256 ${sha256}`,
    },
    to,
  )
}

export function keyOf({ tenant, id }: ErasureKey): string {
  return `${erasureTask}/${tenant}/${id}`
}

async function certificateOf(kernel: ErasureKernel, to: Transaction, held: Erasure): Promise<Certificate> {
  const { runtime } = kernel
  const person = await personOf(kernel, held)
  const { tenant, id, figures } = held
  const [last] = await to.query(sql<{ number: number }>`
    select max(number) as number from privacy.certificate where tenant = ${tenant} and erasure = ${id}`)
  const inZone = (at: string | null): Instant =>
    instantOf(epochMs((at ?? held.granted) as Instant), runtime.timeZone)
  return {
    format: 'xinglin-erasure-certificate/1',
    id,
    number: (last?.number ?? 0) + 1,
    institution: tenant,
    request: `Task/${held.request}`,
    law: '中华人民共和国个人信息保护法第四十七条',
    granted: { by: held.grantedBy, at: inZone(held.granted) },
    confirmed: { by: held.decidedBy ?? '', at: inZone(held.decided) },
    finished: runtime.now(),
    erased: saidFigures(figures),
    kept: held.kept,
    retentionRules: retentionVersion,
    subjects: person.patients.map((id) => subjectDigest(tenant, id)).sort(),
    digest: await digestOf(to, held),
    verification: {
      tables: figures['verified.tables'] ?? 0,
      leftovers: Object.entries(figures).flatMap(([name, rows]) =>
        name.startsWith('left.') && rows > 0 ? [{ table: name.slice('left.'.length), rows }] : [],
      ),
    },
    backups:
      'backups made before hold what was erased until they are over; after a restore this certificate says whom to erase again (docs/erasure.md)',
  }
}

function saidFigures(figures: Figures): Figures {
  const isOfCourse = (name: string) =>
    name === 'rounds' || name.startsWith('left.') || name.startsWith('verified.')
  return Object.fromEntries(Object.entries(figures).filter(([name, count]) => !isOfCourse(name) && count > 0))
}

async function digestOf(to: Transaction, { tenant, id }: ErasureKey): Promise<string> {
  const rows = await to.query(sql<{ line: string }>`
    select type || '/' || id || '/_history/' || version as line
    from privacy.erasure_part
    where tenant = ${tenant} and erasure = ${id} and fate = 'erase'`)
  const lines = rows.map(({ line }) => line).sort()
  return createHash('sha256').update(lines.join('\n')).digest('hex')
}
