import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { foreignLibraries, neededLibraries } from './elf.ts';

const isLinux = process.platform === 'linux';

it.runIf(isLinux)('reads what a program asks the system for', () => {
  expect(neededLibraries(readFileSync(process.execPath))).toContain('libc.so.6');
});

it.runIf(isLinux)('tells libraries that other machines may lack', () => {
  // Official builds of Node need the C++ library, which a bare Linux has not got.
  expect(foreignLibraries(readFileSync(process.execPath))).toEqual(['libstdc++.so.6']);
});

it('has nothing to say of what is no program for Linux', () => {
  expect(neededLibraries(Buffer.from('MZ, some other system'))).toBeNull();
  expect(foreignLibraries(Buffer.alloc(0))).toEqual([]);
});
