import { describe, expect, it } from 'vitest';
import { isPublicAddress, mayConnectTo } from './addresses.ts';

describe('addresses', () => {
  it.each([
    ['8.8.8.8', 'a public one'],
    ['1.1.1.1', 'a public one'],
    ['172.15.255.255', 'below 172.16/12'],
    ['172.32.0.0', 'above 172.16/12'],
    ['100.63.255.255', 'below CGNAT'],
    ['100.128.0.0', 'above CGNAT'],
    ['223.255.255.255', 'below multicast'],
    ['2606:4700:4700::1111', 'a public one'],
    ['2a00:1450:4001:81b::200e', 'a public one'],
    ['::ffff:8.8.8.8', 'a public one, mapped'],
    ['64:ff9b::808:808', '8.8.8.8 behind NAT64'],
  ])('%s is public: %s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    ['0.0.0.0', 'this host'],
    ['0.1.2.3', 'this network'],
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['10.0.0.1', 'private'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.1.1', 'private'],
    ['169.254.169.254', "link-local, the cloud's metadata"],
    ['168.63.129.16', "Azure's own"],
    ['100.64.0.1', 'CGNAT'],
    ['100.100.100.200', "CGNAT, Alibaba's metadata"],
    ['192.0.0.192', "IETF's, Oracle's metadata"],
    ['192.0.2.1', 'documentation'],
    ['198.18.0.1', 'benchmarking'],
    ['198.51.100.1', 'documentation'],
    ['203.0.113.1', 'documentation'],
    ['224.0.0.1', 'multicast'],
    ['239.255.255.255', 'multicast'],
    ['240.0.0.1', 'reserved'],
    ['255.255.255.255', 'broadcast'],
    ['::', 'unspecified'],
    ['::1', 'loopback'],
    ['::ffff:127.0.0.1', 'loopback, mapped'],
    ['::ffff:7f00:1', 'loopback, mapped'],
    ['::ffff:169.254.169.254', 'metadata, mapped'],
    ['::ffff:0:127.0.0.1', 'loopback, translated (RFC 2765)'],
    ['::127.0.0.1', 'loopback, compatible (RFC 4291)'],
    ['64:ff9b::7f00:1', 'loopback behind NAT64'],
    ['64:ff9b::10.0.0.1', 'private behind NAT64'],
    ['64:ff9b::a9fe:a9fe', 'metadata behind NAT64'],
    ['64:ff9b:1::808:808', 'NAT64 of a local network'],
    ['2002:7f00:1::', 'loopback by 6to4'],
    ['2002:808:808::', '6to4'],
    ['2001:0:7f00:1::1', 'Teredo'],
    ['fe80::1', 'link-local'],
    ['fe80::1%eth0', 'link-local with its zone'],
    ['fec0::1', 'site-local'],
    ['fc00::1', 'unique local'],
    ['fd00:ec2::254', "unique local, AWS' metadata"],
    ['ff02::1', 'multicast'],
    ['2001:db8::1', 'documentation'],
    ['3fff::1', 'documentation'],
    ['100::1', 'discard'],
    ['5f00::1', 'segment routing'],
    ['4000::1', 'not given out'],
    ['0x7f.1', 'no address'],
    ['2130706433', 'no address'],
    ['localhost', 'no address'],
    ['', 'no address'],
  ])('%s is not: %s', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe('what an admin permits', () => {
  it.each([
    ['192.168.1.5', ['192.168.1.0/24'], true],
    ['192.168.2.5', ['192.168.1.0/24'], false],
    ['192.168.1.5', ['192.168.1.5'], true],
    ['::ffff:192.168.1.5', ['192.168.1.0/24'], true],
    ['64:ff9b::c0a8:105', ['192.168.1.0/24'], false],
    ['::1', ['127.0.0.0/8'], false],
    ['::1', ['::1'], true],
    ['fd12::7', ['fd00::/8'], true],
    ['not an address', ['0.0.0.0/0'], false],
  ])('%s with %j: %s', (address, allowed, expected) => {
    expect(mayConnectTo(address, allowed, [])).toBe(expected);
  });

  it("leaves out this machine's own public addresses", () => {
    expect(mayConnectTo('8.8.8.8', [], ['8.8.8.8'])).toBe(false);
    expect(mayConnectTo('::ffff:8.8.8.8', [], ['8.8.8.8'])).toBe(false);
    expect(mayConnectTo('8.8.8.8', ['8.8.8.8'], ['8.8.8.8'])).toBe(true);
    expect(mayConnectTo('8.8.4.4', [], ['8.8.8.8'])).toBe(true);
  });
});
