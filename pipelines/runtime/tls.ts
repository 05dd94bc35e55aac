/** Certificates and keys in files: read and checked at the start, and read again when they change, as rotated ones do. */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { messageOf, UserError } from "./errors.js";

/** Paths of PEM files. */
export interface TlsFiles {
  /** Of the authorities that sign the servers' certificates; without one, those of the system. */
  readonly ca?: string;
  /** This client's certificate, those between it and its authority behind it. */
  readonly cert?: string;
  /** Its private key. */
  readonly key?: string;
  readonly passphrase?: string;
  /** Prefix of the variables that named them, e.g. `KAFKA_TLS_`. */
  readonly variables: string;
}

/** As Node's `tls.connect` takes them. */
export interface TlsMaterial {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly passphrase?: string;
}

/**
 * The files' contents.
 *
 * @param now ms since 1970
 * @throws UserError naming variable and file for what is missing, is no certificate or key, has expired, or does not belong together
 */
export function readTlsFiles(files: TlsFiles, now: number = Date.now()): TlsMaterial {
  const { variables, passphrase } = files;
  if ((files.cert === undefined) !== (files.key === undefined)) {
    const [given, missing] = files.cert === undefined ? ["KEY", "CERT"] : ["CERT", "KEY"];
    throw new UserError(
      `${variables}${given} is set without ${variables}${missing}`,
      "A client certificate needs both: the certificate's file and its private key's.",
    );
  }
  const ca = files.ca === undefined ? undefined : authorities(`${variables}CA`, files.ca, now);
  const own = files.cert === undefined ? undefined : certificate(`${variables}CERT`, files.cert, now);
  const key = files.key === undefined ? undefined : read(`${variables}KEY`, files.key);
  if (own && key !== undefined) checkKey(files, own.first, key);
  return {
    ...(ca !== undefined && { ca }),
    ...(own && { cert: own.pem }),
    ...(key !== undefined && { key }),
    ...(passphrase !== undefined && { passphrase }),
  };
}

/** The contents of files that may be replaced while the process runs: looked at with each new connection. */
export class ReloadedTls {
  #material: TlsMaterial;
  #stamp: string;

  /** @param onProblem files that were replaced by something unusable: what they held before stays in use */
  constructor(
    private readonly files: TlsFiles,
    private readonly onProblem: (problem: string) => void = () => undefined,
  ) {
    this.#stamp = stampOf(files);
    this.#material = readTlsFiles(files);
  }

  current(): TlsMaterial {
    const stamp = stampOf(this.files);
    if (stamp === this.#stamp) return this.#material;
    this.#stamp = stamp;
    try {
      this.#material = readTlsFiles(this.files);
    } catch (error) {
      this.onProblem(`${messageOf(error)}; the former certificates stay in use`);
    }
    return this.#material;
  }
}

/** Certificate and key are replaced one after the other: what does not fit together yet is looked at again then. */
function stampOf({ ca, cert, key }: TlsFiles): string {
  const stamps = [ca, cert, key].map((path) => {
    if (path === undefined) return "";
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats ? `${stats.mtimeMs}/${stats.size}/${stats.ino}` : "gone";
  });
  return stamps.join(" ");
}

function read(variable: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new UserError(
      `${variable}: the file cannot be read: ${messageOf(error)}`,
      "Name a PEM file that this user may read.",
    );
  }
}

const pemBlock = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

function certificates(variable: string, path: string): { pem: string; list: X509Certificate[] } {
  const pem = read(variable, path);
  const blocks = pem.match(pemBlock) ?? [];
  const fault = (why: string): UserError =>
    new UserError(`${variable}: ${path} holds no certificate in PEM form${why}`, hintFor(pem));
  if (blocks.length === 0) throw fault("");
  try {
    return { pem, list: blocks.map((block) => new X509Certificate(block)) };
  } catch (error) {
    throw fault(`: ${messageOf(error)}`);
  }
}

function hintFor(text: string): string {
  if (text.includes("PRIVATE KEY-----")) return "It holds a private key: were certificate and key swapped?";
  return "It begins with -----BEGIN CERTIFICATE-----. `openssl x509 -inform der -in FILE` or `openssl pkcs12 -in FILE -nokeys` turns other forms into it.";
}

const day = (text: string): string => new Date(text).toISOString().slice(0, 10);

/** Why a certificate is not in force; undefined when it is. */
function outOfForce({ validFrom, validTo }: X509Certificate, now: number): string | undefined {
  if (Date.parse(validTo) < now) return `expired on ${day(validTo)}`;
  return Date.parse(validFrom) > now ? `is valid from ${day(validFrom)} on only` : undefined;
}

/** A bundle may hold old ones besides. */
function authorities(variable: string, path: string, now: number): string {
  const { pem, list } = certificates(variable, path);
  const reasons = list.map((one) => outOfForce(one, now));
  if (reasons.every((reason) => reason !== undefined)) {
    throw new UserError(
      `${variable}: the authority in ${path} ${reasons[0]}`,
      "Fetch the authority's new certificate.",
    );
  }
  return pem;
}

function certificate(variable: string, path: string, now: number): { pem: string; first: X509Certificate } {
  const { pem, list } = certificates(variable, path);
  const [first] = list as [X509Certificate];
  const reason = outOfForce(first, now);
  if (reason === undefined) return { pem, first };
  throw new UserError(`${variable}: the certificate in ${path} ${reason}`, "Put the renewed certificate in its place.");
}

function checkKey({ key = "", passphrase, variables, cert = "" }: TlsFiles, own: X509Certificate, pem: string): void {
  let parsed: ReturnType<typeof createPrivateKey>;
  try {
    parsed = createPrivateKey({ key: pem, ...(passphrase !== undefined && { passphrase }) });
  } catch (error) {
    const isEncrypted = /ENCRYPTED/.test(pem);
    throw new UserError(
      `${variables}KEY: ${key} ${isEncrypted ? "cannot be decrypted" : `holds no private key in PEM form: ${messageOf(error)}`}`,
      isEncrypted
        ? `Set ${variables}KEY_PASSPHRASE to the key's passphrase.`
        : "It begins with -----BEGIN PRIVATE KEY-----. `openssl pkcs12 -in FILE -nocerts` takes one out of a PKCS#12 file.",
    );
  }
  if (!own.checkPrivateKey(parsed)) {
    throw new UserError(
      `${variables}KEY: the key in ${key} does not belong to the certificate in ${cert}`,
      "Name the two files that were made together.",
    );
  }
}

const unknownAuthority = new Set([
  "SELF_SIGNED_CERT_IN_CHAIN",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
]);

/** Whether a server's certificate is signed by somebody whom neither the system nor the configuration knows. */
export const isUnknownAuthority = (error: unknown): boolean =>
  unknownAuthority.has((error as { code?: string } | undefined)?.code ?? "");
