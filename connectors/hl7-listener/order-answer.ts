/** Answers to orders that say more than ACK (v2.5.1 §4.4): ORL^O22 to OML^O21, ORI^O24 to OMI^O23, ORR^O02 to ORM^O01, for senders that wait for them. */
import { type Message, part } from '@xinglin/hl7v2'

export type OrderAnswer = { readonly type: readonly string[]; readonly segments: readonly string[] }

const types: Readonly<Record<string, readonly string[]>> = {
  'OML^O21': ['ORL', 'O22', 'ORL_O22'],
  'OMI^O23': ['ORI', 'O24', 'ORI_O24'],
  'ORM^O01': ['ORR', 'O02', 'ORR_O02'],
}

/** What an accepted order is answered by: each ORC taken (OK, table 0119) with its numbers; undefined for other messages. */
export function orderAnswer({ segments, delimiters }: Message): OrderAnswer | undefined {
  const [msh] = segments
  const type = types[`${part(msh?.field(9)[0])}^${part(msh?.field(9)[0], 2)}`]
  if (!type) return undefined
  const taken = segments
    .filter(({ name }) => name === 'PID' || name === 'ORC')
    .map((segment) =>
      segment.name === 'PID'
        ? segment.text
        : ['ORC', 'OK', segment.raw(2), segment.raw(3)].join(delimiters.field),
    )
  return { type, segments: taken }
}
