/** Every limit of the web server in one place, each with its reason. */

export type WebLimits = {
  /** Largest JSON or form body in bytes; doors that stream (STOW-RS) set their own on the route. */
  readonly bodyBytes: number
  /** Requests a second that one signed-in person or machine client may make on average. */
  readonly actorRequestsPerSecond: number
  /** Requests a second that one network address may make without credentials. */
  readonly anonymousRequestsPerSecond: number
  /** Sign-ins and token requests a minute from one network address. */
  readonly signInsPerMinute: number
}

/** What a laptop demonstration and a small hospital need without any setting. */
export const defaultLimits: WebLimits = {
  // The largest patient bundle seen in Synthea's samples is 30 MB.
  bodyBytes: 64 * 1024 * 1024,
  // An interface engine posting over a fast line reaches a few thousand; the limit only stops a runaway loop.
  actorRequestsPerSecond: 20_000,
  // A page load asks for some 40 files.
  anonymousRequestsPerSecond: 50,
  // argon2id takes ~17 ms of a core each; a ward behind one address signs in within a minute at shift change.
  signInsPerMinute: 60,
}

/** Nesting of a JSON body: FHIR's deepest real resources (nested questionnaires) stay under 40. */
export const maxJsonDepth = 100
/** Request line and headers together, in bytes; also bounds the URL. */
export const maxHeaderBytes = 16 * 1024
/** One path parameter, in characters: an object hash has 71. */
export const maxParamLength = 256
/** Receiving one whole request: a 64 MB body at 2 Mbit/s takes 256 s. */
export const requestTimeoutMs = 300_000
/** An idle kept-alive connection; longer than the 60 s that common proxies keep theirs. */
export const keepAliveTimeoutMs = 72_000
/** Answering, last byte included: after this a request gets 503 or its stream is cut; long streams set their own on the route. */
export const handlerTimeoutMs = 300_000
/** A bucket holds this many seconds of its rate, so that a burst after a pause passes. */
export const burstSeconds = 10
/** Buckets kept; the least recently used goes first. 50,000 take about 10 MB. */
export const maxBuckets = 50_000
/** Answers smaller than this fit one network packet anyway. */
export const gzipFromBytes = 1_400
/** One websocket message from a client: a subscription is far smaller. */
export const maxSocketMessageBytes = 64 * 1024
/** Unsent bytes after which a slow websocket reader is closed; it reconnects and reads anew. */
export const maxSocketBacklogBytes = 1024 * 1024
/** Sockets of one actor: tabs and screens of one person. */
export const maxSocketsPerActor = 50
/** Sockets of one address that are opened without credentials: a clinic behind one address, not a flood. */
export const maxOpenSocketsPerAddress = 200
/** Ping interval; a peer silent for two of them is gone. */
export const heartbeatMs = 30_000
/** At a stop, requests under way may take this long to end; the platform as a whole has 10 s. */
export const drainMs = 4_000
