/** A kernel with the FHIR door, and requests to it as a machine client makes them. */
import type { Kernel } from '@xinglin/app'
import type { TestKernel, TestKernelOptions } from '@xinglin/testkit'
import { testKernel } from '@xinglin/testkit'
import { type FhirApiOptions, fhirPath, registerFhirApi } from '../fhir-api.ts'

export type Asked = {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}
export type Answered = {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  /** Parsed where it is JSON, else undefined. */
  readonly body: unknown
  readonly text: string
}
export type Door = {
  readonly kernel: TestKernel
  /** `ask('GET', 'Patient/1')`; a text body is sent as it is. */
  ask(method: string, path: string, asked?: Asked): Promise<Answered>
  /** Without credentials. */
  askAnonymously(method: string, path: string, asked?: Asked): Promise<Answered>
}

/** Base address of links in answers. */
export const baseUrl = 'http://hospital.test/fhir/R4'

export async function testDoor(
  options: Pick<TestKernelOptions, 'limits' | 'listen'> &
    Pick<FhirApiOptions, 'matcher'> & { scopes?: readonly string[] } = {},
): Promise<Door> {
  const { matcher } = options
  const register = (each: Kernel) => registerFhirApi(each, { baseUrl, ...(matcher ? { matcher } : {}) })
  const kernel = await testKernel({ ...options, register })
  const credentials = await kernel.authorisation(options.scopes)
  const ask = async (
    method: string,
    path: string,
    { body, headers = {} }: Asked,
    own: object,
  ): Promise<Answered> => {
    const hasBody = body !== undefined
    const answer = await kernel.web.http.inject({
      method: method as 'GET',
      url: path === '' ? fhirPath : `${fhirPath}/${path}`,
      headers: { ...(hasBody ? { 'content-type': 'application/fhir+json' } : {}), ...own, ...headers },
      ...(hasBody
        ? { payload: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body) }
        : {}),
    })
    return {
      status: answer.statusCode,
      headers: answer.headers as Record<string, string | undefined>,
      body: parsed(answer.body),
      text: answer.body,
    }
  }
  return {
    kernel,
    ask: (method, path, asked = {}) => ask(method, path, asked, credentials),
    askAnonymously: (method, path, asked = {}) => ask(method, path, asked, {}),
  }
}

function parsed(text: string): unknown {
  return /^\s*[{[]/.test(text) ? JSON.parse(text) : undefined
}

/** What an OperationOutcome says, in one line: status, issue code, own code, place, sentence. */
export function said({ status, body }: Answered): readonly unknown[] {
  const outcome = body as { issue?: readonly Issue[] } | undefined
  const issue = outcome?.issue?.[0]
  return [status, issue?.code, issue?.details?.coding?.[0]?.code, issue?.expression?.[0], issue?.diagnostics]
}

type Issue = {
  readonly code?: string
  readonly diagnostics?: string
  readonly expression?: readonly string[]
  readonly details?: { readonly coding?: readonly { readonly code?: string }[] }
}

/** Some headers of an answer. */
export function headersOf(
  { headers }: Answered,
  ...names: readonly string[]
): readonly (string | undefined)[] {
  return names.map((name) => headers[name])
}
