/**
 * Where presentation time zero lies on the clock of a track's segments.
 *
 * Pictures that are reordered have to be decoded before they are shown, and encoders of sound begin with a little that is to be
 * thrown away (priming), so something has to come before zero. Clients do not agree on how to say so: ffmpeg and mpv
 * show pictures late by the reordering where composition offsets are negative, GStreamer and VLC take no notice of the edit list
 * of a fragmented file. They agree on this: the clocks of all tracks of a film run ahead by the same lead-in, no offset is
 * negative, and an edit list in each header takes the lead-in off. Who ignores edit lists begins a twelfth of a
 * second late, with picture and sound together (`test/flows/clients.test.ts`).
 */

/**
 * Two pictures at 25 a second: what x264 and most encoders reorder by. Longer reordering is squeezed into it by
 * `writeFragment`. Not more: hls.js, which does not read edit lists, tolerates a tenth of a second.
 */
const LEAD_IN_SEC = 0.08;

interface LeadInInput {
  kind: 'video' | 'audio';
  /** Whether the source has pictures: sound alone has nothing to keep step with. */
  hasPicture: boolean;
  timescale: number;
  /** Decoded sound that a player throws away at the start. */
  primingTicks: number;
}

export interface LeadIn {
  /** The edit list's media time. */
  editTicks: number;
  /** Added to decode and presentation times. */
  shiftTicks: number;
  /** Added to presentation times alone, so that reordered pictures have no negative composition offset. */
  delayTicks: number;
}

export function leadIn({ kind, hasPicture, timescale, primingTicks }: LeadInInput): LeadIn {
  const ticks = Math.round(LEAD_IN_SEC * timescale);
  if (kind === 'video') return { editTicks: ticks, shiftTicks: 0, delayTicks: ticks };
  // hls.js takes the first decode time of what leads, which is sound where there is nothing else, for zero.
  const soundTicks = hasPicture ? ticks : primingTicks;
  return { editTicks: soundTicks, shiftTicks: soundTicks, delayTicks: 0 };
}
