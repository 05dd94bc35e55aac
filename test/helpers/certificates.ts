/** Certificates for tests, made as they run: an authority, and what it signs. */
import "reflect-metadata";
import { createPrivateKey, randomBytes, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const dayMs = 86_400_000;

export interface IssueOptions {
  /** The common name, by which a broker knows the client. */
  readonly name: string;
  /** Ms from now; default: a day ago to a day ahead. */
  readonly from?: number;
  readonly until?: number;
  /** Of the key's file. */
  readonly passphrase?: string;
}

/** In PEM form. */
export interface Certified {
  readonly cert: string;
  readonly key: string;
}

export interface Authority {
  readonly pem: string;
  /** For `localhost` and 127.0.0.1 as a server, and for a client. */
  issue(options: IssueOptions): Promise<Certified>;
}

const newKeys = () => webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);

export async function certificateAuthority(name: string): Promise<Authority> {
  x509.cryptoProvider.set(webcrypto as never);
  const keys = await newKeys();
  const validity = (from = -dayMs, until = dayMs) => ({
    serialNumber: `01${randomBytes(8).toString("hex")}`,
    notBefore: new Date(Date.now() + from),
    notAfter: new Date(Date.now() + until),
    signingAlgorithm: algorithm,
  });
  const own = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity(),
    name: `CN=${name}`,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 1, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
  });
  return {
    pem: own.toString("pem"),
    async issue({ name: subject, from, until, passphrase }) {
      const { publicKey, privateKey } = await newKeys();
      const cert = await x509.X509CertificateGenerator.create({
        ...validity(from, until),
        subject: `CN=${subject}`,
        issuer: own.subject,
        publicKey,
        signingKey: keys.privateKey,
        extensions: [
          new x509.SubjectAlternativeNameExtension([
            { type: "dns", value: "localhost" },
            { type: "ip", value: "127.0.0.1" },
          ]),
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
        ],
      });
      const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", privateKey));
      const key = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
      const encrypted = passphrase === undefined ? {} : { cipher: "aes-256-cbc", passphrase };
      return {
        cert: cert.toString("pem"),
        key: key.export({ format: "pem", type: "pkcs8", ...encrypted }).toString(),
      };
    },
  };
}
