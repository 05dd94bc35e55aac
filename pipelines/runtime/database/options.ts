/** How the database is connected to, and what its faults mean. */
import { parseIntoClientConfig } from "pg-connection-string";
import type { ClientConfig } from "pg";
import { messageOf, UserError } from "../errors.js";
import { isUnknownAuthority } from "../tls.js";

/**
 * The options of a connection string.
 *
 * `sslmode=require`, as managed services hand it out, checks the server's certificate here, as `verify-full` does: the driver does so
 * too, with a warning of nine lines each time.
 *
 * @throws UserError when it is no connection string, or names a file that cannot be read
 */
export function databaseOptions(databaseUrl: string): ClientConfig {
  try {
    return parseIntoClientConfig(withFullCheck(databaseUrl));
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException;
    // What cannot be parsed is not shown: it has a password.
    const reason = code === "ENOENT" || code === "EACCES" ? `${path} cannot be read` : "it is no connection string";
    throw new UserError(
      `DATABASE_URL is wrong: ${reason}`,
      "It is like postgresql://USER:PASSWORD@HOST:5432/NAME?sslmode=require&sslrootcert=FILE; special characters in the password are percent-encoded.",
    );
  }
}

const looseModes = /([?&]sslmode=)(?:prefer|require|verify-ca)(?=&|$)/;

const withFullCheck = (url: string): string =>
  /[?&]uselibpqcompat=true(?=&|$)/.test(url) ? url : url.replace(looseModes, "$1verify-full");

/** What to do about a connection that did not come about; undefined for any other fault. */
export function connectionRemedy(error: unknown): string | undefined {
  const { code = "", message = "" } = error as { code?: string; message?: string };
  if (isUnknownAuthority(error))
    return "The server's certificate is signed by an authority that this machine does not know: add sslrootcert=FILE, the authority's certificate, to DATABASE_URL.";
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID")
    return "The server's certificate is for another host name: use that name in DATABASE_URL.";
  if (code === "CERT_HAS_EXPIRED") return "The server's certificate has expired: renew it on the server.";
  if (message.includes("does not support SSL"))
    return "Take sslmode out of DATABASE_URL, or turn SSL on at the server.";
  if (code === "28P01" || code === "28000") return "Check user and password in DATABASE_URL.";
  if (code === "3D000") return "Create the database, or correct its name in DATABASE_URL.";
  if (["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT", "EHOSTUNREACH"].includes(code))
    return "Check DATABASE_URL, or run `newstape up`.";
  return undefined;
}

export const noAnswer = (error: unknown, remedy = "Check DATABASE_URL, or run `newstape up`."): UserError =>
  new UserError(`The database does not answer: ${messageOf(error)}`, remedy, { cause: error });
