/** A fault that the user can mend: printed as a message with its remedy, without a stack. */
export class UserError extends Error {
  override readonly name = "UserError";

  /**
   * @param message what is wrong, and where
   * @param remedy what to do about it
   */
  constructor(
    message: string,
    readonly remedy?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
