import { DAY_MS, MINUTE_MS, type TimeMs } from '../../core/time.ts';
import type { NoticeFacts, NoticeKind, NoticeState } from './api.ts';

/** Something that is not as it should be, now. */
export interface Condition {
  kind: NoticeKind;
  subject: string;
  state: NoticeState;
  facts: NoticeFacts;
  /** How long it may last before anybody is told, counted from when it was first seen: a machine that starts finds its disks one after the other. */
  graceMs: number | ((seenAtMs: TimeMs) => number);
}

/** What is known of a condition that is, or was a moment ago. */
export interface Course {
  state: NoticeState;
  seenAtMs: TimeMs;
  goneAtMs: TimeMs | null;
  raisedAtMs: TimeMs | null;
  toldAtMs: TimeMs | null;
}

export interface Step {
  /** `keep`: the row as it will be. `drop`: as if it had never been. `clear`: it is well again. */
  do: 'keep' | 'drop' | 'clear';
  next: Course;
  tell: 'raised' | 'worse' | 'still' | 'well' | null;
}

/** What comes and goes within this is one and the same. */
const SETTLE_MS = 10 * MINUTE_MS;
const TELL_AGAIN_MS = DAY_MS;

/**
 * One look at one condition: raised once, told again after a day while it lasts, at once when it gets worse, and once more when
 * it has been well for a while. `clearedLately`: it was raised and cleared within the last day; then it has to be well for a
 * day, or else something that comes and goes would fill mailboxes.
 */
export function nextStep(
  course: Course | null,
  condition: Condition | null,
  nowMs: TimeMs,
  clearedLately: boolean,
): Step | null {
  if (condition === null) return course && stepWhenGone(course, nowMs, clearedLately);
  const known = course ?? { seenAtMs: nowMs, raisedAtMs: null, toldAtMs: null, goneAtMs: null, state: condition.state };
  const next: Course = { ...known, state: condition.state, goneAtMs: null };
  const step = (tell: Step['tell']): Step => ({
    do: 'keep',
    next: tell === null ? next : { ...next, raisedAtMs: next.raisedAtMs ?? nowMs, toldAtMs: nowMs },
    tell,
  });
  if (known.raisedAtMs === null) return step(nowMs - known.seenAtMs >= graceOf(condition, known) ? 'raised' : null);
  if (condition.state === 'problem' && known.state === 'warning') return step('worse');
  return step(nowMs - (known.toldAtMs ?? 0) >= TELL_AGAIN_MS ? 'still' : null);
}

const graceOf = ({ graceMs }: Condition, { seenAtMs }: Course) =>
  typeof graceMs === 'number' ? graceMs : graceMs(seenAtMs);

function stepWhenGone(course: Course, nowMs: TimeMs, clearedLately: boolean): Step {
  const next = { ...course, goneAtMs: course.goneAtMs ?? nowMs };
  if (course.raisedAtMs === null) return { do: 'drop', next, tell: null };
  if (nowMs - next.goneAtMs < (clearedLately ? TELL_AGAIN_MS : SETTLE_MS)) return { do: 'keep', next, tell: null };
  return { do: 'clear', next, tell: 'well' };
}
