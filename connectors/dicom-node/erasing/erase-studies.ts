/** Studies of an erased patient: their index, and the names of the instances' objects that nobody else's study has. */
import { sql } from '@xinglin/database'
import type { Eraser } from '@xinglin/records'

/** Studies of one transaction: some thousand instances. */
const studiesAtOnce = 10

export const studyEraser: Eraser = {
  name: 'dicom.study',
  tables: ['dicom.study', 'dicom.series', 'dicom.instance'],
  async erase(transaction, { tenant, patients, numbers, isKept }) {
    // Images are part of the medical record.
    if (isKept) return { rows: 0 }
    const studies = await transaction.query(sql<{ uid: string }>`
      select study_instance_uid as uid
      from dicom.study
      where tenant = ${tenant}
        and (patient = any (${patients}::text[]) or (patient is null and patient_id = any (${numbers}::text[])))
      order by study.study_instance_uid
      limit ${studiesAtOnce}
      for update`)
    const uids = studies.map(({ uid }) => uid)
    const instances = await transaction.query(sql<{ object: string }>`
      delete from dicom.instance
      where tenant = ${tenant} and study_instance_uid = any (${uids}::text[])
      returning object`)
    for (const table of ['series', 'study'] as const)
      await transaction.query(sql`
        delete from ${sql.id('dicom', table)}
        where tenant = ${tenant} and study_instance_uid = any (${uids}::text[])`)
    const objects = [...new Set(instances.map(({ object }) => object))]
    const shared = await transaction.query(sql<{ object: string }>`
      select distinct object from dicom.instance where object = any (${objects}::text[])`)
    const needed = new Set(shared.map(({ object }) => object))
    return {
      rows: instances.length + uids.length,
      objects: objects.filter((object) => !needed.has(object)),
      ...(uids.length === studiesAtOnce ? { next: uids.at(-1) ?? '' } : {}),
    }
  },
}
