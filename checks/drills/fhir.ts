/** What a drill asks of the platform by FHIR and DICOMweb, as a machine client. */
import { fetchToken, type Platform } from '@xinglin/client'

export type Bundle = {
  readonly total?: number
  readonly link?: readonly { readonly relation: string; readonly url: string }[]
  readonly entry?: readonly {
    readonly resource: {
      readonly id: string
      readonly numberOfInstances?: number
      readonly valueQuantity?: { readonly value: number }
    }
  }[]
}
export interface Fhir {
  readonly token: string
  get(path: string): Promise<Bundle>
  count(type: string): Promise<number>
  bytes(path: string, accept: string): Promise<Buffer>
}

/** A client with an access token by client credentials. */
export async function signIn(platform: Platform): Promise<Fhir> {
  const { value: token } = await fetchToken(platform.baseUrl, platform.client)
  const ask = async (path: string, accept: string) => {
    const answer = await fetch(new URL(path, platform.baseUrl), {
      headers: { authorization: `Bearer ${token}`, accept },
    })
    if (!answer.ok) throw new Error(`${path} was answered by HTTP ${answer.status} ${await answer.text()}`)
    return answer
  }
  const get = async (path: string): Promise<Bundle> =>
    (await ask(path, 'application/fhir+json')).json() as Promise<Bundle>
  return {
    token,
    get,
    count: async (type) => (await get(`/fhir/R4/${type}?_summary=count`)).total ?? Number.NaN,
    bytes: async (path, accept) => Buffer.from(await (await ask(path, accept)).arrayBuffer()),
  }
}
