/** What the frame does for every screen when an answer asks for more than a drawing. */

export type FrameActs = {
  /** A dangerous act needs the second factor once more; true where it was shown. */
  readonly stepUp: () => Promise<boolean>
  /** A change of rights waits for a second person. */
  readonly proposed: () => void
}

let acts: FrameActs | undefined

/** The frame that stands; gives the way to leave. */
export function frameActs(given: FrameActs): () => void {
  acts = given
  return () => {
    if (acts === given) acts = undefined
  }
}

/** True where the act may be tried once more. */
export async function stepUp(): Promise<boolean> {
  return acts ? acts.stepUp() : false
}

export function tellProposed(): void {
  acts?.proposed()
}
