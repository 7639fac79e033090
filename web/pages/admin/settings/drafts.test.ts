import { expect, it } from 'vitest';
import type { SettingKind, SettingWire } from '../../../../src/features/settings/api.ts';
import { changesOf, draftOf, meaningOf } from './drafts.ts';

it.each<[SettingKind, unknown, unknown]>([
  ['number', 1.5, '1.5'],
  ['auto', 'auto', 'auto'],
  ['auto', 4, '4'],
  ['boolean', false, false],
  ['choice', 'open', 'open'],
  ['choices', ['h264', 'av1'], ['h264', 'av1']],
  ['numbers', [1080, 720], '1080, 720'],
  ['texts', ['10.0.0.0/8', '::1'], '10.0.0.0/8, ::1'],
  ['text', '', ''],
])('a field of kind %s shows %j as %j, and means it', (kind, value, draft) => {
  expect(draftOf({ kind }, value)).toEqual(draft);
  expect(meaningOf({ kind }, draftOf({ kind }, value))).toEqual(value);
});

it('leaves what is no number to the server, and reads a decimal comma', () => {
  expect(meaningOf({ kind: 'number' }, 'many')).toBe('many');
  expect(meaningOf({ kind: 'number' }, '1,5')).toBe(1.5);
  expect(meaningOf({ kind: 'numbers' }, '720, x')).toEqual([720, 'x']);
});

it('sends what differs, and null for what is the default again', () => {
  const crf = { name: 'encoding.crf', kind: 'number', value: 30, default: 22, isEditable: true } as SettingWire;
  const of = (draft: string, more: Partial<SettingWire> = {}) =>
    changesOf([{ ...crf, ...more }], new Map([[crf.name, draft]]));
  expect(of('30')).toEqual({});
  expect(of('28')).toEqual({ 'encoding.crf': 28 });
  expect(of('22')).toEqual({ 'encoding.crf': null });
  expect(of('28', { isEditable: false })).toEqual({});
});
