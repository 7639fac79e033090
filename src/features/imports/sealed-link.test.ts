import { expect, it } from 'vitest';
import type { App } from '../../ports.ts';
import { openLink, sealLink } from './sealed-link.ts';

const LINK = 'https://ada:s3cr3t@films.example/a.mp4?signature=abc';
const withSecret = (secret: string) => ({ config: { accounts: {} }, dataDir: { secret } }) as unknown as App;
const app = withSecret('one');

it('a sealed link shows nothing, each time in another way, and is opened again', () => {
  const sealed = sealLink(app, 'Aaaa', LINK);
  expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toMatch(/ada|s3cr3t|films|signature/);
  expect(sealLink(app, 'Aaaa', LINK)).not.toBe(sealed);
  expect(openLink(app, 'Aaaa', sealed)).toBe(LINK);
});

it('it is not opened with another secret, for another video, damaged or cut', () => {
  const sealed = sealLink(app, 'Aaaa', LINK);
  const bytes = Buffer.from(sealed, 'base64url');
  bytes[bytes.length - 1]! ^= 1;
  expect(openLink(withSecret('two'), 'Aaaa', sealed)).toBeNull();
  expect(openLink(app, 'Bbbb', sealed)).toBeNull();
  expect(openLink(app, 'Aaaa', bytes.toString('base64url'))).toBeNull();
  expect(openLink(app, 'Aaaa', sealed.slice(0, 20))).toBeNull();
  expect(openLink(app, 'Aaaa', '')).toBeNull();
});
