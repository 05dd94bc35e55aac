import { BlockList, isIP } from "node:net";

/** IANA's special-purpose IPv4 blocks: https://www.iana.org/assignments/iana-ipv4-special-registry */
const specialIpv4 = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16], // link-local, and the metadata services of the clouds
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
] as const) {
  specialIpv4.addSubnet(network, prefix, "ipv4");
}
// Azure's platform service has a public address.
specialIpv4.addAddress("168.63.129.16", "ipv4");

const globalIpv6 = new BlockList();
globalIpv6.addSubnet("2000::", 3, "ipv6");
/** Within the global block: protocol assignments (Teredo, ORCHID), documentation, and 6to4, which carries an IPv4 address. */
const specialIpv6 = new BlockList();
for (const [network, prefix] of [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
] as const) {
  specialIpv6.addSubnet(network, prefix, "ipv6");
}
/**
 * Whether an address belongs to the public internet: neither private, loopback, link-local, shared, multicast, reserved nor a
 * cloud's metadata service, in IPv4, IPv6 or IPv4 within IPv6.
 *
 * @param address as `dns.lookup` and sockets give it; anything else is not public
 */
export function isPublicAddress(address: string): boolean {
  const version = isIP(address);
  if (version === 4) return !specialIpv4.check(address, "ipv4");
  if (version !== 6 || address.includes("%")) return false;
  // Node's BlockList compares mapped addresses with IPv4 rules or not, depending on its version: checked explicitly.
  if (isEmbedding(address)) return isPublicAddress(embeddedIpv4(address));
  return globalIpv6.check(address, "ipv6") && !specialIpv6.check(address, "ipv6");
}

/** Mapped addresses and NAT64: the last 32 bits are the IPv4 address that is meant. */
function isEmbedding(address: string): boolean {
  const expanded = expand(address);
  const head = expanded.slice(0, 6).join(":");
  return head === "0:0:0:0:0:ffff" || head === "64:ff9b:0:0:0:0";
}

function embeddedIpv4(address: string): string {
  const [high = 0, low = 0] = expand(address)
    .slice(6)
    .map((group) => Number.parseInt(group, 16));
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}

/** The eight groups of an IPv6 address, without leading zeros. */
function expand(address: string): string[] {
  // The URL parser gives one spelling, without dotted parts.
  const [head = "", tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  const groups = (text: string): string[] => (text === "" ? [] : text.split(":"));
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  return [...before, ...Array<string>(8 - before.length - after.length).fill("0"), ...after];
}
