import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/** Passwords by argon2id (RFC 9106), kept as PHC strings so that the costs can be raised later without a migration. */

const argon2id = promisify(argon2);
// The second recommended option of OWASP: 19 MiB, two passes, one lane. About 35 ms here.
const COST = { memory: 19 * 1024, passes: 2, parallelism: 1 };
const TAG_BYTES = 32;

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const tag = await derive(password, salt, COST);
  const { memory, passes, parallelism } = COST;
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(tag)}`;
}

export async function verifyPassword(password: string, phc: string): Promise<boolean> {
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/.exec(phc);
  if (!match) return false;
  const [, memory, passes, parallelism, salt, tag] = match;
  const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
  const expected = Buffer.from(tag!, 'base64');
  return timingSafeEqual(await derive(password, Buffer.from(salt!, 'base64'), cost), expected);
}

/** Takes as long as a real check: where there is no such account, nobody shall see it by the clock. */
export async function verifyNothing(password: string): Promise<false> {
  await derive(password, Buffer.alloc(16), COST);
  return false;
}

async function derive(password: string, nonce: Buffer, cost: typeof COST): Promise<Buffer> {
  return Buffer.from(
    await argon2id('argon2id', { message: password.normalize('NFKC'), nonce, tagLength: TAG_BYTES, ...cost }),
  );
}

const unpadded = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '');
