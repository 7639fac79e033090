import type { Config } from '../../platform/config/schema.ts';
import type { Ffmpeg } from '../../platform/ffmpeg.ts';

/** What `kinora doctor` looks at: each check is a small function that never throws for what it finds. */
export interface Check {
  /** The heading its findings stand under. */
  title: string;
  run(patient: Patient): Promise<Finding[]> | Finding[];
}

export interface Finding {
  /** `problem` is what keeps Kinora from working, `warning` what makes it worse, `note` only good to know. */
  state: 'ok' | 'note' | 'warning' | 'problem';
  text: string;
  /** What to do about it: a whole sentence. */
  todo?: string;
}

/** The installation that is looked at. A running server is not disturbed: nothing is locked, nothing but scratch files written. */
export interface Patient {
  config: Config;
  ffmpeg: Ffmpeg;
  /** Absolute; may not exist yet. */
  dataFolder: string;
  nowMs: number;
}

export const ok = (text: string): Finding => ({ state: 'ok', text });
export const note = (text: string, todo?: string): Finding => finding('note', text, todo);
export const warning = (text: string, todo?: string): Finding => finding('warning', text, todo);
export const problem = (text: string, todo?: string): Finding => finding('problem', text, todo);

function finding(state: Finding['state'], text: string, todo: string | undefined): Finding {
  return { state, text, ...(todo ? { todo } : {}) };
}
