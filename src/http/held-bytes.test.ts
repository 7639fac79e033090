import { expect, it } from 'vitest';
import { createHeldBytes } from './held-bytes.ts';

const MB = 1024 * 1024;
const patient = () => new AbortController().signal;
const has = async (promise: Promise<unknown>) =>
  Promise.race([promise.then(() => true), new Promise((resolve) => setTimeout(() => resolve(false), 20))]);

it('counts a body once, however many send it, until the last has', () => {
  const held = createHeldBytes(100 * MB);
  const bytes = Buffer.allocUnsafeSlow(3 * MB);
  const first = held.hold(bytes);
  const second = held.hold(bytes.subarray(0, 10));
  expect(held.bytes()).toBe(3 * MB);
  first();
  expect(held.bytes()).toBe(3 * MB);
  second();
  expect(held.bytes()).toBe(0);
});

it('lets what is to be made wait for room, in the order in which they came', async () => {
  const held = createHeldBytes(10 * MB);
  const release = held.hold(Buffer.allocUnsafeSlow(3 * MB));
  const giveBack = await held.room(patient());
  const waiting = [held.room(patient()), held.room(patient())];
  expect(await has(waiting[0]!)).toBe(false);
  release();
  const next = await waiting[0]!;
  expect(await has(waiting[1]!)).toBe(false);
  giveBack();
  giveBack();
  expect(held.bytes()).toBe(8 * MB);
  next();
  (await waiting[1]!)();
  expect(held.bytes()).toBe(0);
});

it('says so when there is no room for long, and lets those go who give up', async () => {
  const held = createHeldBytes(5 * MB, 30);
  const release = held.hold(Buffer.allocUnsafeSlow(5 * MB));
  const leaving = new AbortController();
  const gone = held.room(leaving.signal);
  leaving.abort(new Error('gone'));
  await expect(gone).rejects.toThrow('gone');
  await expect(held.room(patient())).rejects.toMatchObject({ status: 503, headers: { 'Retry-After': '3' } });
  release();
  (await held.room(patient()))();
  expect(held.bytes()).toBe(0);
});
