/** Settings of shared documents of an institution: versions in a table, the newest holds. */
import type { Command } from '@xinglin/app'
import { nationalDocuments } from '@xinglin/cda'
import { type Queryable, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { invalid } from '@xinglin/fhir'
import { type DocumentSettings, documentPermissions, type SettingsAnswer } from '../contract.ts'
import { generatedType } from '../generate/types.ts'

/** OIDs of WS/T 500 for institutions, documents, inpatients and staff. */
const usual: DocumentSettings = {
  custodianName: '',
  custodianId: '',
  custodianRoot: '2.16.156.10011.1.5',
  documentRoot: '2.16.156.10011.1.1',
  patientRoot: '2.16.156.10011.1.12',
  localRoot: '2.16.156.10011.1.7',
  automatic: [],
}
const longestName = 120

export async function settingsOf(from: Queryable, tenant: TenantId): Promise<SettingsAnswer> {
  const [found] = await from.query<{ version: number; value: DocumentSettings }>(sql<{
    version: number
    value: DocumentSettings
  }>`
    select version, value from documents.settings where tenant = ${tenant} order by version desc limit 1`)
  return { settings: { ...usual, ...found?.value }, version: found?.version ?? 0 }
}

export const saveSettings: Command<DocumentSettings, { readonly version: number }> = {
  name: 'save-settings',
  permission: documentPermissions.writeSettings,
  parse,
  run: async (unit, value) => {
    const [saved] = await unit.transaction.query<{ version: number }>(sql<{ version: number }>`
      insert into documents.settings (tenant, version, value, saved_at, saved_by)
      select ${unit.tenant}, coalesce(max(version), 0) + 1, ${JSON.stringify(value)}::jsonb, ${unit.at}, ${unit.actor}
      from documents.settings
      where tenant = ${unit.tenant}
      returning version`)
    return { version: saved?.version ?? 0 }
  },
}

function parse(input: unknown): DocumentSettings {
  const said = typeof input === 'object' && input !== null ? input : {}
  return {
    custodianName: textOf(said, 'custodianName'),
    custodianId: textOf(said, 'custodianId'),
    custodianRoot: rootOf(said, 'custodianRoot'),
    documentRoot: rootOf(said, 'documentRoot'),
    patientRoot: rootOf(said, 'patientRoot'),
    localRoot: rootOf(said, 'localRoot'),
    automatic: typesOf(said),
  }
}

function fieldOf(said: object, field: string): unknown {
  return Object.hasOwn(said, field) ? Reflect.get(said, field) : undefined
}

function textOf(said: object, field: string): string {
  const value = fieldOf(said, field)
  if (typeof value === 'string' && value.trim() !== '' && value.length <= longestName) return value.trim()
  throw invalid(`${field} has 1 to ${longestName} characters`, { code: 'documents.field', at: field })
}

function rootOf(said: object, field: string): string {
  const value = fieldOf(said, field)
  if (typeof value === 'string' && /^[0-2](\.(0|[1-9]\d{0,15})){1,30}$/.test(value)) return value
  throw invalid(`${field} is an OID, such as 2.16.156.10011.1.5`, { code: 'documents.oid', at: field })
}

function typesOf(said: object): readonly string[] {
  const value = fieldOf(said, 'automatic') ?? []
  const codes = nationalDocuments().map(({ code }) => code)
  const isKnown = (each: unknown): each is string =>
    typeof each === 'string' && codes.includes(each) && generatedType(each) !== undefined
  if (Array.isArray(value) && value.every(isKnown)) return [...new Set(value)]
  throw invalid('automatic lists types of documents that are generated', {
    code: 'documents.type',
    at: 'automatic',
  })
}
