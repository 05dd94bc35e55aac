/** Why a feed could not be read; the message has what and, where a server sent it, for how long. */
export class FeedError extends Error {
  override readonly name = "FeedError";

  constructor(
    message: string,
    /** The server requests no further request for so long, ms. */
    readonly retryAfter?: number,
    /** It will not get better: the feed is gone. */
    readonly isPermanent = false,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
