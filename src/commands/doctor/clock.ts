import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MINUTE_MS } from '../../core/time.ts';
import { type Check, type Finding, note, ok, type Patient, problem, warning } from './check.ts';

const SET_IT = 'Set the clock (timedatectl set-ntp true): sessions, tokens and schedules go by it.';

/**
 * What can be told of the clock without asking anybody on the internet: whether the time is possible, whether it lies
 * before what has been written already, whether the disk has the same, and whether the system keeps it right.
 */
export const clockCheck: Check = {
  title: 'Clock',
  async run(patient) {
    const { nowMs } = patient;
    const zone = timeZone();
    const text = `${new Date(nowMs).toISOString()}, time zone ${zone ?? 'UTC'}`;
    const year = new Date(nowMs).getUTCFullYear();
    // A board without a battery wakes up in 1970; one with an empty one in the year it was made.
    if (year < 2026 || year > 2100) return [problem(`${text}: that cannot be`, SET_IT)];
    const wrong = [...zoneFindings(zone), ...lastWritten(patient), ...diskClock(patient)];
    return [wrong.length > 0 ? note(text) : ok(text), ...wrong, ...(await synchronised())];
  },
};

/** Null for a zone that nobody knows: then it is UTC. */
function timeZone(): string | null {
  // Its type leaves out that a misspelt TZ has none.
  const zone: string | undefined = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return zone === undefined || zone === 'Etc/Unknown' ? null : zone;
}

function zoneFindings(zone: string | null): Finding[] {
  const { TZ: wanted = '' } = process.env;
  if (zone !== null || wanted === '') return [];
  const todo = 'Name it as in Europe/Berlin. Until then schedules go by UTC.';
  return [warning(`TZ is "${wanted}", and there is no such time zone`, todo)];
}

function lastWritten({ dataFolder, nowMs }: Patient): Finding[] {
  const path = join(dataFolder, 'kinora.db');
  if (!existsSync(path)) return [];
  const aheadMs = statSync(path).mtimeMs - nowMs;
  if (aheadMs < 5 * MINUTE_MS) return [];
  return [
    warning(`the database was last written ${minutes(aheadMs)} from now: the clock was set back, or is behind`, SET_IT),
  ];
}

/** A share of another machine stamps files by that machine's clock. */
function diskClock({ dataFolder }: Patient): Finding[] {
  const path = join(dataFolder, `.doctor-${randomBytes(6).toString('hex')}`);
  try {
    writeFileSync(path, '');
    const apartMs = Math.abs(statSync(path).mtimeMs - Date.now());
    if (apartMs < MINUTE_MS) return [];
    return [warning(`the disk of the data folder is ${minutes(apartMs)} off this clock`, 'Set both clocks by NTP.')];
  } catch {
    // That it cannot be written is said elsewhere.
    return [];
  } finally {
    rmSync(path, { force: true });
  }
}

/** What systemd says, where there is one: a container goes by the clock of its host. */
async function synchronised(): Promise<Finding[]> {
  try {
    const { stdout } = await promisify(execFile)('timedatectl', ['show'], { timeout: 5000 });
    if (/^NTPSynchronized=yes$/m.test(stdout)) return [ok('is kept right by NTP')];
    if (/^NTPSynchronized=no$/m.test(stdout)) return [warning('is not kept right by NTP', SET_IT)];
  } catch {
    // No systemd here.
  }
  return [note('whether something keeps it right cannot be told here')];
}

const minutes = (ms: number) => `${Math.round(ms / MINUTE_MS)} minutes`;
