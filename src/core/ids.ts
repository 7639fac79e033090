import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZabcdefghjkmnpqrstvwxyz'; // 54 letters, none look alike

/** A short, random, unguessable id for URLs: 14 letters of a 54 letter alphabet, about 80 bits. */
export function newId(length = 14): string {
  let id = '';
  while (id.length < length) {
    for (const byte of randomBytes(length)) {
      // 216 is the largest multiple of 54 in a byte: what lies above would make some letters likelier.
      if (byte < 216 && id.length < length) id += ALPHABET[byte % 54];
    }
  }
  return id;
}
