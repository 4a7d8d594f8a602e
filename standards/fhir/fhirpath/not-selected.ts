/** FHIRPath that is refused instead of being answered by nothing: an error, because a slip of the pen must not pass. */

/** An expression that cannot be asked of this resource; the message says why. */
export class NotSelected extends Error {
  constructor(reason: string) {
    super(reason)
    this.name = 'NotSelected'
  }
}
