import { expect, it } from 'vitest';
import { arePushKeys, encryptPush, isPushTarget, makePushKeys, pairOf } from './push.ts';

/** RFC 8291, appendix A. */
const VECTOR = {
  plain: 'V2hlbiBJIGdyb3cgdXAsIEkgd2FudCB0byBiZSBhIHdhdGVybWVsb24',
  asPrivate: 'yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw',
  p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
  auth: 'BTBZMqHH6r4Tts7J_aSIgg',
  salt: 'DGv6ra1nlYgDCS1FRnbzlw',
  body: 'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
};

it('encrypts as the example of the standard', () => {
  const own = { pair: pairOf(VECTOR.asPrivate), salt: Buffer.from(VECTOR.salt, 'base64url') };
  expect(encryptPush(VECTOR, Buffer.from(VECTOR.plain, 'base64url'), own).toString('base64url')).toBe(VECTOR.body);
});

it('never encrypts twice alike, and refuses what fits no record', () => {
  const once = () => encryptPush(VECTOR, Buffer.from('the same')).toString('hex');
  expect(once()).not.toBe(once());
  expect(encryptPush(VECTOR, Buffer.alloc(3993)).length).toBe(4096);
  expect(() => encryptPush(VECTOR, Buffer.alloc(3994))).toThrow(/too long/);
});

it('makes keys that belong together', () => {
  const keys = makePushKeys();
  expect(Buffer.from(keys.publicKey, 'base64url')).toHaveLength(65);
  expect(arePushKeys(keys)).toBe(true);
  expect(arePushKeys({ ...keys, publicKey: makePushKeys().publicKey })).toBe(false);
  expect(arePushKeys({ ...keys, privateKey: 'nonsense' })).toBe(false);
});

it.each([
  [{}, true],
  [{ endpoint: 'http://push.example/x' }, false],
  [{ endpoint: 'https://user@push.example/x' }, false],
  [{ endpoint: 'nonsense' }, false],
  [{ auth: 'AAAA' }, false],
  [{ p256dh: 'AAAA' }, false],
  [{ p256dh: Buffer.alloc(65, 4).toString('base64url') }, false],
])('takes as a subscription what a browser could have made: %o', (change, isRight) => {
  const target = { endpoint: 'https://push.example/x', p256dh: VECTOR.p256dh, auth: VECTOR.auth };
  expect(isPushTarget({ ...target, ...change })).toBe(isRight);
});
