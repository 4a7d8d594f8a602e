/** Limits of subscriptions, each with its reason. */

/** A hospital has some dozens of receivers; each costs every change of its types a look. */
export const mostOfInstitution = 2_000
/** Of one person or machine client. */
export const mostOfOwner = 200
/** Topics that one institution defines itself. */
export const mostTopics = 200
/** Triggers of one topic and filters of one subscription: each is evaluated for every change of its type. */
export const mostTriggers = 20
export const mostFilters = 20
/** Characters of a filter or a query criterion: a list of a hundred codes fits. */
export const longestQuery = 4_000
/** Characters of a FHIRPath criterion, which runs for every change of its type. */
export const longestFhirPath = 1_000
/** HTTP headers of one endpoint, and characters of one: a token of 4 KB fits. */
export const mostHeaders = 20
export const longestHeader = 8_000
/** Characters of an endpoint: what proxies and servers commonly take. */
export const longestEndpoint = 2_000

/** Under 10 s a heartbeat is polling; over a week nobody notices its absence. */
export const heartbeatRange = { least: 10, most: 604_800 } as const
/** A receiver that needs longer than a minute to store a Bundle must answer first and work later. */
export const timeoutRange = { least: 1, most: 60, fallback: 20 } as const
/** Events in one notification; one where nobody asks for more, since simple receivers read the first entry only. */
export const countRange = { least: 1, most: 100, fallback: 1 } as const
/** Stored JSON in one notification, but for a single event that is larger: what receivers commonly take is 10 MB. */
export const mostNotificationCharacters = 5_000_000
/** Includes of one topic's notification shape, and resources that they may add to one event. */
export const mostIncludes = 10
export const mostContext = 50

/** Notifications on their way in one process: each is an open request and no database connection. */
export const lanes = 64
/** Of them, those that may be spent on subscriptions whose last attempt failed. */
export const lanesForFailing = 16
/** A subscription gives its lane back after this, so that a long backlog does not keep the others waiting. */
export const turnMs = 5_000
/** Wakes within this time share one look, which is two statements. */
export const restMs = 15
/** How often waiting, heartbeats and ends are looked at; new events wake the worker at once. */
export const pollMs = 1_000
/** A turn is claimed for the receiver's time limit and this: a process that dies leaves its turns to others then. */
export const leaseMarginSeconds = 15
/** The first pause after a failure, doubled with each up to the longest. */
export const firstPauseMs = 1_000
export const longestPauseMs = 600_000
/** What is read of a receiver's answer; its content does not matter. */
export const mostAnswerBytes = 65_536

/** Delivered events are kept for `$events` this long. */
export const keptDays = 7
/** Undelivered ones are kept this long and this many; then the subscription is switched off. */
export const undeliveredDays = 30
export const mostUndelivered = 100_000
/** Events in one answer of `$events`. */
export const mostEventsAnswered = 200
/** How often old events and tokens are removed. */
export const cleaningMs = 600_000

/** A token is asked for and used at once, by hand in a test within minutes. */
export const tokenLifeMs = 300_000
/** A socket that binds to nothing is closed. */
export const unboundMs = 10_000
/** Subscriptions on one socket. */
export const mostBindings = 50
