/** Every limit of the DICOM door in one place, each with its reason. */

/** Largest instance in bytes: whole-slide and long ultrasound objects reach several GB; the length field of PS3.5 ends at 4 GB. */
export const maxInstanceBytes = 8 * 1024 * 1024 * 1024
/** P-DATA-TF body that we take, in bytes: fewer, larger PDUs (16 KB: 230 instances/s, 131,072: 340/s with storescu). */
export const maxPduBytes = 131_072
/** Associations at once; a hospital has some tens of modalities, each opens one or two. */
export const maxAssociations = 64
/** ARTIM (PS3.8 §9.1.5): how long a peer may take to ask for an association, or to close. */
export const artimMs = 10_000
/** No PDU at all for so long in an established association: the peer is gone. Modalities pause between series. */
export const idleMs = 300_000
/** A message that has begun must keep coming: after this grace at least `minBytesPerSecond` on average, else slow loris. */
export const messageGraceMs = 30_000
export const minBytesPerSecond = 2_048
/** How often both are looked at. */
export const watchIntervalMs = 2_000
/** Stores of one association at once; more than one needs a sender that does not wait for answers. */
export const maxStoresInFlight = 8
/** Bytes held between socket and disk before the socket is paused. */
export const maxQueuedBytes = 1024 * 1024
/** Command sets are under 1 KB; this leaves room for private elements. */
export const maxCommandBytes = 16 * 1024
/** Answers that the peer does not read, in bytes, before it is cut off. */
export const maxUnsentBytes = 1024 * 1024
/** How long stopping waits for stores under way. */
export const drainMs = 5_000
