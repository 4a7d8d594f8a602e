/** One connection to the stream: where it ends, and the way to write behind its end and nowhere else. */
import {
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
} from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import type { Position } from '@xinglin/events'
import type { FeedMessage } from './message.ts'
import { connectionOptions, type FeedSettings } from './settings.ts'

/** An acknowledgement comes within milliseconds; what a killed leader was asked is never answered. */
const answerWithinMs = 4_000

export type StreamEnd = {
  /** Sequence of the last message, 0 for a new stream. */
  readonly sequence: number
  /** Id of the last message where one is there. */
  readonly id?: Position
}

export type StreamLine = {
  readonly end: StreamEnd
  /** Stores messages in this order behind the end; throws where another has written there, and then is of no more use. */
  append(messages: readonly FeedMessage[]): Promise<void>
  close(): Promise<void>
}

/** Connects, makes the stream where it is missing, and looks where it ends. */
export async function openStream(settings: FeedSettings): Promise<StreamLine> {
  const connection = await connect(connectionOptions(settings))
  try {
    const manager = await jetstreamManager(connection, { timeout: answerWithinMs })
    await makeStream(manager, settings)
    const end = await endOf(manager, settings.stream)
    const client = jetstream(connection, { timeout: answerWithinMs })
    return { end, append: appender(client, settings.stream, end.sequence), close: () => connection.close() }
  } catch (error) {
    await connection.close()
    throw error
  }
}

/** A stream that is there stays as its operators set it: limits, copies and age are theirs. */
async function makeStream(manager: JetStreamManager, { stream, replicas }: FeedSettings): Promise<void> {
  try {
    await manager.streams.info(stream)
  } catch (error) {
    if (!isCode(error, JetStreamApiCodes.StreamNotFound)) throw error
    await manager.streams.add({
      ...{ name: stream, subjects: [`${stream.toLowerCase()}.>`], num_replicas: replicas },
      ...{ storage: StorageType.File, retention: RetentionPolicy.Limits, discard: DiscardPolicy.Old },
    })
  }
}

async function endOf(manager: JetStreamManager, stream: string): Promise<StreamEnd> {
  const { state } = await manager.streams.info(stream)
  const sequence = state.last_seq
  if (state.messages === 0) return { sequence }
  const last = await manager.streams.getMessage(stream, { seq: sequence })
  const id = last?.header.get('Nats-Msg-Id') ?? ''
  if (!isPosition(id)) throw new Error(`stream ${stream} ends with a message that no platform has written`)
  return { sequence, id }
}

/**
 * Each message states the sequence after which it belongs, so the server refuses whatever would be out of order, doubled
 * or beside another writer's, however connections break; all are on their way at once.
 */
function appender(client: JetStreamClient, stream: string, from: number): StreamLine['append'] {
  let sequence = from
  return async (messages) => {
    const answers = messages.map(({ subject, id, body }, index) =>
      client.publish(subject, body, {
        ...{ msgID: id, timeout: answerWithinMs },
        expect: { streamName: stream, lastSequence: sequence + index },
      }),
    )
    const settled = await Promise.allSettled(answers)
    const refused = settled.find(({ status }) => status === 'rejected')
    if (refused?.status === 'rejected') throw refused.reason
    sequence += messages.length
  }
}

function isCode(error: unknown, code: number): boolean {
  return error instanceof JetStreamApiError && error.code === code
}

function isPosition(text: string): text is Position {
  return /^[0-9a-f]{32}$/.test(text)
}
