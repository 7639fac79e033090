/** One set-up at a time in a folder: two `npm start` on a fresh clone must not install over each other. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stop, say } from './process.mjs';

const BEAT_MS = 2000;
/** A holder that has not been heard of for so long was killed. */
const DEAD_AFTER_MS = 15_000;
const LOOK_AGAIN_MS = 300;

/** Runs `work` while holding the lock folder `path`; waits for another process that holds it. */
export async function withLock(path, work) {
  const token = randomBytes(8).toString('hex');
  await take(path, token);
  const owner = join(path, 'owner');
  const beat = setInterval(() => {
    try {
      utimesSync(owner, new Date(), new Date());
    } catch {
      // Somebody removed the folder by hand: finish all the same.
    }
  }, BEAT_MS);
  const release = () => {
    if (read(owner) === token) rmSync(path, { recursive: true, force: true });
  };
  process.on('exit', release);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    process.off('exit', release);
    release();
  }
}

async function take(path, token) {
  mkdirParent(path);
  let told = false;
  for (;;) {
    try {
      mkdirSync(path);
      writeFileSync(join(path, 'owner'), token);
      return;
    } catch (error) {
      if (error.code !== 'EEXIST')
        throw new Stop(`This folder cannot be written (${error.code}), and it is not set up.`);
    }
    if (removeDead(path)) continue;
    if (!told) say('Another Kinora is setting this folder up; waiting for it to finish.');
    told = true;
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

function mkdirParent(path) {
  try {
    mkdirSync(join(path, '..'), { recursive: true });
  } catch (error) {
    throw new Stop(`This folder cannot be written (${error.code}), and it is not set up yet.`);
  }
}

/** Clears a dead holder's folder away by a rename, which only one of several waiters can win. */
function removeDead(path) {
  const seen = read(join(path, 'owner'));
  if (ageMs(path) < DEAD_AFTER_MS) return false;
  const aside = `${path}.${randomBytes(4).toString('hex')}`;
  try {
    renameSync(path, aside);
    // Another waiter was quicker and this is its fresh lock: give it back.
    if (read(join(aside, 'owner')) !== seen) renameSync(aside, path);
    else rmSync(aside, { recursive: true, force: true });
  } catch {
    // Gone already.
  }
  return true;
}

function ageMs(path) {
  try {
    return Date.now() - statSync(join(path, 'owner')).mtimeMs;
  } catch {
    try {
      return Date.now() - statSync(path).mtimeMs;
    } catch {
      return 0;
    }
  }
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
