/** PS3.8 §9.2 and table 9-10: the association state machine as one complete table (SPEC.md beside this file). */

export type AssociationState =
  | 'Sta1'
  | 'Sta2'
  | 'Sta3'
  | 'Sta4'
  | 'Sta5'
  | 'Sta6'
  | 'Sta7'
  | 'Sta8'
  | 'Sta9'
  | 'Sta10'
  | 'Sta11'
  | 'Sta12'
  | 'Sta13'

export type AssociationEvent =
  | 'request-wanted'
  | 'connected'
  | 'accept-pdu'
  | 'reject-pdu'
  | 'connection-came'
  | 'request-pdu'
  | 'accept-wanted'
  | 'reject-wanted'
  | 'data-wanted'
  | 'data-pdu'
  | 'release-wanted'
  | 'release-request-pdu'
  | 'release-response-pdu'
  | 'release-answer-wanted'
  | 'abort-wanted'
  | 'abort-pdu'
  | 'connection-closed'
  | 'artim-expired'
  | 'invalid-pdu'

export type AssociationAction =
  | 'AE-1'
  | 'AE-2'
  | 'AE-3'
  | 'AE-4'
  | 'AE-5'
  | 'AE-6'
  | 'AE-7'
  | 'AE-8'
  | 'DT-1'
  | 'DT-2'
  | 'AR-1'
  | 'AR-2'
  | 'AR-3'
  | 'AR-4'
  | 'AR-5'
  | 'AR-6'
  | 'AR-7'
  | 'AR-8'
  | 'AR-9'
  | 'AR-10'
  | 'AA-1'
  | 'AA-2'
  | 'AA-3'
  | 'AA-4'
  | 'AA-5'
  | 'AA-6'
  | 'AA-7'
  | 'AA-8'

/** `-` is a pair that the standard leaves empty: it cannot happen, and to meet it is a fault of ours. */
export type Row = Readonly<Record<AssociationState, AssociationAction | '-'>>

const states = 'Sta1 Sta2 Sta3 Sta4 Sta5 Sta6 Sta7 Sta8 Sta9 Sta10 Sta11 Sta12 Sta13'.split(
  ' ',
) as AssociationState[]

/** One row of table 9-10, written in the order of the states. */
function row(...actions: Fixed13): Row {
  const pairs = states.map((state, index) => [state, actions[index] ?? '-'] as const)
  return Object.fromEntries(pairs) as Row
}
type Cell = AssociationAction | '-'
type Fixed13 = [Cell, Cell, Cell, Cell, Cell, Cell, Cell, Cell, Cell, Cell, Cell, Cell, Cell]

// biome-ignore format: the table is read by columns, as in the standard.
export const associationTable: Readonly<Record<AssociationEvent, Row>> = {
  //                           Sta1    Sta2    Sta3    Sta4    Sta5    Sta6    Sta7    Sta8    Sta9    Sta10    Sta11   Sta12   Sta13
  'request-wanted':        row('AE-1', '-',    '-',    '-',    '-',    '-',    '-',    '-',    '-',    '-',     '-',    '-',    '-'),
  'connected':             row('-',    '-',    '-',    'AE-2', '-',    '-',    '-',    '-',    '-',    '-',     '-',    '-',    '-'),
  'accept-pdu':            row('-',    'AA-1', 'AA-8', '-',    'AE-3', 'AA-8', 'AA-8', 'AA-8', 'AA-8', 'AA-8',  'AA-8', 'AA-8', 'AA-6'),
  'reject-pdu':            row('-',    'AA-1', 'AA-8', '-',    'AE-4', 'AA-8', 'AA-8', 'AA-8', 'AA-8', 'AA-8',  'AA-8', 'AA-8', 'AA-6'),
  'connection-came':       row('AE-5', '-',    '-',    '-',    '-',    '-',    '-',    '-',    '-',    '-',     '-',    '-',    '-'),
  'request-pdu':           row('-',    'AE-6', 'AA-8', '-',    'AA-8', 'AA-8', 'AA-8', 'AA-8', 'AA-8', 'AA-8',  'AA-8', 'AA-8', 'AA-7'),
  'accept-wanted':         row('-',    '-',    'AE-7', '-',    '-',    '-',    '-',    '-',    '-',    '-',     '-',    '-',    '-'),
  'reject-wanted':         row('-',    '-',    'AE-8', '-',    '-',    '-',    '-',    '-',    '-',    '-',     '-',    '-',    '-'),
  'data-wanted':           row('-',    '-',    '-',    '-',    '-',    'DT-1', '-',    'AR-7', '-',    '-',     '-',    '-',    '-'),
  'data-pdu':              row('-',    'AA-1', 'AA-8', '-',    'AA-8', 'DT-2', 'AR-6', 'AA-8', 'AA-8', 'AA-8',  'AA-8', 'AA-8', 'AA-6'),
  'release-wanted':        row('-',    '-',    '-',    '-',    '-',    'AR-1', '-',    '-',    '-',    '-',     '-',    '-',    '-'),
  'release-request-pdu':   row('-',    'AA-1', 'AA-8', '-',    'AA-8', 'AR-2', 'AR-8', 'AA-8', 'AA-8', 'AA-8',  'AA-8', 'AA-8', 'AA-6'),
  'release-response-pdu':  row('-',    'AA-1', 'AA-8', '-',    'AA-8', 'AA-8', 'AR-3', 'AA-8', 'AA-8', 'AR-10', 'AR-3', 'AA-8', 'AA-6'),
  'release-answer-wanted': row('-',    '-',    '-',    '-',    '-',    '-',    '-',    'AR-4', 'AR-9', '-',     '-',    'AR-4', '-'),
  'abort-wanted':          row('-',    '-',    'AA-1', 'AA-2', 'AA-1', 'AA-1', 'AA-1', 'AA-1', 'AA-1', 'AA-1',  'AA-1', 'AA-1', '-'),
  'abort-pdu':             row('-',    'AA-2', 'AA-3', '-',    'AA-3', 'AA-3', 'AA-3', 'AA-3', 'AA-3', 'AA-3',  'AA-3', 'AA-3', 'AA-2'),
  'connection-closed':     row('-',    'AA-5', 'AA-4', 'AA-4', 'AA-4', 'AA-4', 'AA-4', 'AA-4', 'AA-4', 'AA-4',  'AA-4', 'AA-4', 'AR-5'),
  'artim-expired':         row('-',    'AA-2', '-',    '-',    '-',    '-',    '-',    '-',    '-',    '-',     '-',    '-',    'AA-2'),
  'invalid-pdu':           row('-',    'AA-1', 'AA-8', '-',    'AA-8', 'AA-8', 'AA-8', 'AA-8', 'AA-8', 'AA-8',  'AA-8', 'AA-8', 'AA-7'),
}

/** The state after an action (tables 9-6 to 9-9); AE-6 and AR-8 depend on what the actor decides or is. */
export const nextStates: Readonly<Record<AssociationAction, AssociationState>> = {
  'AE-1': 'Sta4',
  'AE-2': 'Sta5',
  'AE-3': 'Sta6',
  'AE-4': 'Sta1',
  'AE-5': 'Sta2',
  'AE-6': 'Sta3',
  'AE-7': 'Sta6',
  'AE-8': 'Sta13',
  'DT-1': 'Sta6',
  'DT-2': 'Sta6',
  'AR-1': 'Sta7',
  'AR-2': 'Sta8',
  'AR-3': 'Sta1',
  'AR-4': 'Sta13',
  'AR-5': 'Sta1',
  'AR-6': 'Sta7',
  'AR-7': 'Sta8',
  'AR-8': 'Sta10',
  'AR-9': 'Sta11',
  'AR-10': 'Sta12',
  'AA-1': 'Sta13',
  'AA-2': 'Sta1',
  'AA-3': 'Sta1',
  'AA-4': 'Sta1',
  'AA-5': 'Sta1',
  'AA-6': 'Sta13',
  'AA-7': 'Sta13',
  'AA-8': 'Sta13',
}

export type Transition =
  | { readonly isPossible: true; readonly action: AssociationAction; readonly next: AssociationState }
  | { readonly isPossible: false }

/** What to do on an event in a state, and the state after it. `role` matters in a release collision only (AR-8). */
export function transition(
  state: AssociationState,
  event: AssociationEvent,
  role: 'acceptor' | 'requestor' = 'acceptor',
): Transition {
  const action = associationTable[event][state]
  if (action === '-') return { isPossible: false }
  const next = action === 'AR-8' && role === 'requestor' ? 'Sta9' : nextStates[action]
  return { isPossible: true, action, next }
}
