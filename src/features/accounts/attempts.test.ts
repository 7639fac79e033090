import { expect, it } from 'vitest';
import { MINUTE_MS } from '../../core/time.ts';
import { createFakeClock } from '../../platform/clock.ts';
import { createAttempts } from './attempts.ts';

const tooMany = expect.objectContaining({ status: 429 });
const from = (login: string, address = '192.0.2.1') => ({ login, address });

function setUp() {
  const clock = createFakeClock();
  const attempts = createAttempts(clock);
  const fail = (times: number, keys: ReturnType<typeof from>) => {
    for (let n = 0; n < times; n++) attempts.failed(keys);
  };
  return { clock, attempts, fail };
}

it('lets ten wrong passwords for an account pass, from wherever they come', () => {
  const { attempts, fail } = setUp();
  for (let n = 0; n < 9; n++) fail(1, from('ada', `192.0.2.${n}`));
  attempts.check(from('ada'));
  fail(1, from('ADA', '192.0.2.200'));
  expect(() => attempts.check(from('ada'))).toThrow(tooMany);
  attempts.check(from('grace'));
});

it('lets fifty pass from an address, for whichever accounts', () => {
  const { attempts, fail } = setUp();
  for (let n = 0; n < 50; n++) fail(1, from(`user${n}`));
  expect(() => attempts.check(from('somebody'))).toThrow(tooMany);
  attempts.check(from('somebody', '192.0.2.2'));
});

it('counts a network of IPv6 as one address: whoever has one, has all of it', () => {
  const { attempts, fail } = setUp();
  for (let n = 0; n < 50; n++) fail(1, from(`user${n}`, `2001:db8:0:7:${n.toString(16)}::1`));
  for (const address of ['2001:db8:0:7::1', '2001:0db8:0000:0007:ffff:0:0:1', '2001:db8::7:1:2:3:4']) {
    expect(() => attempts.check(from('somebody', address)), address).toThrow(tooMany);
  }
  for (const address of ['2001:db8:0:8::1', '2001:db8::7', '::1', '::ffff:192.0.2.1', 'fe80::7%eth0']) {
    attempts.check(from('somebody', address));
  }
});

it('forgets after a quarter of an hour, and says when', async () => {
  const { clock, attempts, fail } = setUp();
  fail(10, from('ada'));
  await clock.advance(5 * MINUTE_MS);
  expect(() => attempts.check(from('ada'))).toThrow(expect.objectContaining({ headers: { 'Retry-After': '600' } }));
  await clock.advance(10 * MINUTE_MS);
  attempts.check(from('ada'));
});

it('does not hold right passwords against anybody, however many', () => {
  const { attempts, fail } = setUp();
  for (let n = 0; n < 200; n++) {
    attempts.check(from(`user${n}`));
    fail(1, from(`user${n}`));
    attempts.succeeded(from(`user${n}`));
  }
  attempts.check(from('another'));
});

it('keeps counting guesses of an address that has an account of its own', () => {
  const { attempts, fail } = setUp();
  for (let n = 0; n < 50; n++) {
    fail(1, from(`victim${n}`));
    fail(1, from('own'));
    attempts.succeeded(from('own'));
  }
  expect(() => attempts.check(from('victim50'))).toThrow(tooMany);
});
