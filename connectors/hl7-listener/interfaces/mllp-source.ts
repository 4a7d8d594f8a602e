/** MLLP as a source of interfaces: a port of its own, messages taken as they are, answered AA after they are queued. */
import { type ErrorCondition, type RawHeader, salvageHeader } from '@xinglin/hl7v2'
import type { Incoming, SourceKind, Take, Taken } from '@xinglin/interfaces'
import type { Runtime } from '@xinglin/runtime'
import { described } from '../arrival.ts'
import type { Answered } from '../intake.ts'
import { listenerLimits } from '../limits.ts'
import { startMllpServer } from '../mllp-server.ts'
import type { Refusal } from '../refusal.ts'
import type { FrameTaker } from '../session.ts'
import { mllpAddress } from './settings.ts'

type InterfaceFrame = { readonly header: RawHeader; readonly incoming: Incoming; readonly refusal?: Refusal }

/** The kind `mllp`: `{ kind: 'mllp', port, bind? }`. */
export function mllpSource(runtime: Runtime): SourceKind {
  return {
    kind: 'mllp',
    check: (settings) => void mllpAddress(settings, { name: 'bind', isSource: true }),
    async open(settings, take) {
      const { host: bind, port } = mllpAddress(settings, { name: 'bind', isSource: true })
      const idle = async () => undefined
      const server = await startMllpServer(takerOf(take), {
        bind,
        port,
        limits: listenerLimits,
        runtime,
        idle,
      })
      return { address: `${bind}:${server.port}`, stop: server.stop }
    },
  }
}

function takerOf(take: Take): FrameTaker<InterfaceFrame> {
  const read = (content: Uint8Array): InterfaceFrame => {
    const header = salvageHeader(content)
    return { header, incoming: described(content, header) }
  }
  return {
    read,
    refused: (content, refusal) => ({ ...read(content), refusal }),
    async take({ incoming, refusal }) {
      return refusal ? { kind: 'refused', refusal } : answeredOf(await take(incoming).catch(notTaken))
    },
  }
}

function notTaken(): Taken {
  return { kind: 'failed' }
}

/** What the interface's own code could not do is no fault of the message: AR, so that it is kept and sent again. */
function answeredOf(taken: Taken): Answered {
  if (taken.kind !== 'refused') return { kind: taken.kind }
  const { code, reason, at } = taken
  const isOurs = code === 'interfaces.code'
  const condition: ErrorCondition = isOurs ? 'internal' : 'dataType'
  const place = at !== undefined && /^[A-Z][A-Z0-9]{2}(?:$|[-[])/.test(at) ? { at } : {}
  return { kind: 'refused', refusal: { kind: isOurs ? 'R' : 'E', condition, code, reason, ...place } }
}
