import { BlockList, isIP, isIPv6 } from 'node:net';

/** Whether an address is one of those, or in one of those networks. */
export function isAmong(address: string, networks: readonly string[]): boolean {
  if (networks.length === 0 || !isIP(address)) return false;
  return blockListOf(networks).check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

const blockLists = new WeakMap<readonly string[], BlockList>();

function blockListOf(networks: readonly string[]): BlockList {
  let list = blockLists.get(networks);
  if (!list) {
    list = new BlockList();
    for (const entry of networks) {
      const [address, bits] = entry.split('/');
      const family = isIPv6(address!) ? 'ipv6' : 'ipv4';
      if (bits) list.addSubnet(address!, Number(bits), family);
      else list.addAddress(address!, family);
    }
    blockLists.set(networks, list);
  }
  return list;
}
