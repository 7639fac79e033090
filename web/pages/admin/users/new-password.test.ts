import { expect, it } from 'vitest';
import { newPassword } from './new-password.ts';

it('makes passwords that can be read out, never the same twice', () => {
  const made = Array.from({ length: 200 }, newPassword);
  for (const password of made) expect(password).toMatch(/^([a-km-zA-HJ-NP-Z2-9]{4}-){3}[a-km-zA-HJ-NP-Z2-9]{4}$/);
  expect(new Set(made).size).toBe(200);
});
