/** Everything that can keep the local stack from starting, as a closed list; each message has what to do about it. */
export type StackErrorCode =
  | "JAVA_MISSING"
  | "JAVA_TOO_OLD"
  | "MAVEN_MISSING"
  | "DOWNLOAD_FAILED"
  | "PORT_BUSY"
  | "DISK_FULL"
  | "LOCKED"
  | "POSTGRES_UNSUPPORTED"
  | "POSTGRES_USER_MISSING"
  | "NOT_STARTED"
  | "START_FAILED"
  | "STOP_FAILED";

export class StackError extends Error {
  override readonly name = "StackError";

  constructor(
    readonly code: StackErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The `code` of a Node system error, such as ENOENT. */
export function systemErrorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
