/**
 * `$import`: NDJSON into the record, in the form in which several servers take it. R4 defines no such operation; the body is
 * a Parameters resource with `inputFormat` and one `input` for each file, with parts `url` and, optionally, `type`. A url is
 * one that was given for a file sent to `bulk/files`, or an address at a host that the installation allows.
 */
import { invalid, type ResourceType } from '@xinglin/fhir'
import { isResourceType } from '@xinglin/fhir/search'
import type { Answer } from '../../http/answer.ts'
import type { Operation, OperationCall } from '../../operations/operation.ts'
import { badValue, isObject } from '../../operations/parameters.ts'
import { mostInputs } from '../limits.ts'
import { mayFetch, notAllowedInput } from './fetch-input.ts'
import { askImport, type ImportInput } from './imports.ts'
import { uploadOf } from './uploads.ts'

export const importOperation: Operation = {
  name: 'import',
  // R4 defines none; its meaning stands in the README of this door.
  definition: 'urn:xinglin:operation:import',
  levels: ['system'],
  isWriting: true,
  answer: kickOff,
}

async function kickOff(call: OperationCall): Promise<Answer> {
  const { kernel, request } = call
  if (!request.isAsync)
    throw invalid('an import is asked for with the header Prefer: respond-async', {
      code: 'bulk.not-async',
      at: 'Prefer',
    })
  const inputs: ImportInput[] = []
  for (const asked of readInputs(call)) inputs.push(await resolve(call, asked))
  for (const type of typesOf(inputs))
    kernel.identity.demand(request.actor, { kind: 'record', interaction: 'update', type })
  const id = await askImport(kernel, request.actor, {
    inputs,
    request: `${request.baseUrl}/${request.path}`,
  })
  return { status: 202, headers: { 'content-location': `${request.baseUrl}/bulk/imports/${id}` } }
}

/** Where a type is not named, the right is decided line by line. */
function typesOf(inputs: readonly ImportInput[]): readonly ResourceType[] {
  return [...new Set(inputs.flatMap(({ type }) => (type === undefined ? [] : [type])))]
}

type Asked = { readonly type?: ResourceType; readonly url: string }

function readInputs({ body }: OperationCall): readonly Asked[] {
  const list = isObject(body) && Array.isArray(body.parameter) ? body.parameter.filter(isObject) : []
  const format = list.find(({ name }) => name === 'inputFormat')
  const code = format?.valueCode ?? format?.valueString
  if (code !== undefined && code !== 'application/fhir+ndjson')
    throw badValue('inputFormat', 'is application/fhir+ndjson')
  const unknown = list.find(
    ({ name }) => name !== 'inputFormat' && name !== 'inputSource' && name !== 'input',
  )
  if (unknown) throw badValue('Parameters', 'holds inputFormat, inputSource and input')
  const inputs = list.filter(({ name }) => name === 'input').map(inputOf)
  if (inputs.length === 0) throw badValue('input', 'names at least one file')
  if (inputs.length > mostInputs) throw badValue('input', `stands at most ${mostInputs} times`)
  return inputs
}

function inputOf(parameter: Readonly<Record<string, unknown>>): Asked {
  const parts = Array.isArray(parameter.part) ? parameter.part.filter(isObject) : []
  const textOf = (wanted: string): string | undefined => {
    const part = parts.find(({ name }) => name === wanted)
    const key = part && Object.keys(part).find((each) => each.startsWith('value'))
    const value = key === undefined ? undefined : part?.[key]
    return typeof value === 'string' ? value : undefined
  }
  const [type, url] = [textOf('type'), textOf('url')]
  if (url === undefined) throw badValue('input', 'has a part url')
  if (type === undefined) return { url }
  if (isResourceType(type)) return { type, url }
  throw badValue('input', 'names a resource type of R4 as its type')
}

async function resolve(
  { kernel, request, importOrigins }: OperationCall,
  asked: Asked,
): Promise<ImportInput> {
  const prefix = `${request.baseUrl}/bulk/files/`
  const hash = asked.url.startsWith(prefix)
    ? asked.url.slice(prefix.length)
    : asked.url.replace(/^bulk\/files\//, '')
  const upload = await uploadOf(kernel.database, request.actor, hash)
  if (upload) return { ...asked, object: upload.object, sizeBytes: upload.sizeBytes }
  if (mayFetch(asked.url, importOrigins)) return asked
  throw notAllowedInput()
}
