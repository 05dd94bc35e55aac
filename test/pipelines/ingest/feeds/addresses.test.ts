import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isPublicAddress } from "../../../../pipelines/ingest/feeds/addresses.js";

test("addresses of the public internet", () => {
  for (const address of [
    "8.8.8.8",
    "93.184.216.34",
    "172.32.0.1",
    "100.128.0.1",
    "2606:4700::1111",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
  ]) {
    assert.ok(isPublicAddress(address), address);
  }
});

test("private, loopback, link-local, metadata, multicast, reserved and embedded ones are not", () => {
  const refused = `0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1 172.31.255.255 192.168.0.1 192.0.0.192
    192.0.2.1 198.18.0.1 203.0.113.9 224.0.0.1 240.0.0.1 255.255.255.255 168.63.129.16
    :: ::1 fe80::1 fe80::1%eth0 fc00::1 fd00:ec2::254 ff02::1 2001:db8::1 2001::1 2002:7f00:1:: 3fff::1
    ::ffff:127.0.0.1 ::ffff:7f00:1 ::ffff:10.0.0.1 ::FFFF:169.254.169.254 0:0:0:0:0:ffff:c0a8:1 64:ff9b::10.0.0.1 ::127.0.0.1 64:ff9b:1::1`;
  for (const address of refused.split(/\s+/)) assert.ok(!isPublicAddress(address), address);
  for (const nonsense of ["", "localhost", "127.1", "0x7f000001", "2130706433", "[::1]", "1.2.3.4.5"]) {
    assert.ok(!isPublicAddress(nonsense), nonsense);
  }
});

test("property: an IPv4 address and its mapped form are judged alike", () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      const [a = 0, b = 0, c = 0, d = 0] = address.split(".").map(Number);
      const hexadecimal = `::ffff:${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
      assert.equal(isPublicAddress(hexadecimal), isPublicAddress(address));
      assert.equal(isPublicAddress(`::ffff:${address}`), isPublicAddress(address));
    }),
  );
});
