import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import ipaddr from 'ipaddr.js';
import { isAmong } from '../networks.ts';

/**
 * Which addresses a link that somebody pasted may lead to. A server sits where its users do not: beside the router, the NAS
 * and the cloud's metadata service, which all trust their neighbours.
 */

/** 168.63.129.16 is Azure's own, inside of every machine there, though it lies among the public ones. */
const INSIDE_CLOUDS = ['168.63.129.16'];
/** NAT64's well-known prefix (RFC 6052 section 2.1): the last 32 bits are the address one arrives at. */
const NAT64 = ipaddr.parseCIDR('64:ff9b::/96');
/** All that has been given out for global unicast (RFC 4291 section 2.4, IANA's registry). */
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3');

/**
 * Whether an address is one of the public internet: everything in IANA's registries of special addresses is not, nor is
 * one that leads to such through NAT64 or the IPv4 in an IPv6.
 */
export function isPublicAddress(text: string): boolean {
  const address = read(text);
  if (address === null || INSIDE_CLOUDS.includes(address.toString())) return false;
  if (address instanceof ipaddr.IPv4) return address.range() === 'unicast';
  if (address.match(NAT64)) return isPublicAddress(lastFourBytes(address));
  return address.match(GLOBAL_UNICAST) && address.range() === 'unicast';
}

/**
 * Whether a connection may be made: to public addresses, and to what an admin permits. This machine's own are left out, too:
 * behind its firewall services answer it that answer nobody else.
 */
export function mayConnectTo(text: string, allowNetworks: readonly string[], own = ownAddresses()): boolean {
  const address = read(text)?.toString();
  if (address === undefined) return false;
  return isAmong(address, allowNetworks) || (isPublicAddress(address) && !own.includes(address));
}

/** Null for what is no address. IPv4 mapped into IPv6 (RFC 4291 section 2.5.5.2) is IPv4: that is what is connected to. */
function read(text: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  const [address = ''] = text.split('%');
  // ipaddr.js also reads 0x7f.1 and the like, which are no addresses by the time a connection is made.
  return isIP(address) === 0 ? null : ipaddr.process(address);
}

function lastFourBytes(address: ipaddr.IPv6): string {
  return address.toByteArray().slice(-4).join('.');
}

function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((addresses) =>
    (addresses ?? []).map(({ address }) => read(address)?.toString() ?? address),
  );
}
