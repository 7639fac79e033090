/**
 * A gain behind a media element, by Web Audio. Three things can go wrong, and each is why this is a file of its own:
 * an element that is taken into a sound graph stays in it for good; a graph that does not run yet (browsers wait for a
 * gesture) swallows the sound; and a receiver (AirPlay) gets nothing of it. So the element is taken in as late as possible:
 * when there is something to change, and the graph is known to run.
 */

let context: AudioContext | null = null;
const gains = new WeakMap<HTMLMediaElement, GainNode>();

/** Seconds in which a change is made: no click, and no waiting either. */
const GLIDE_SEC = 0.04;

/** WebKit sends its own streams to AirPlay receivers, past any graph. */
export const canEvenOut = 'AudioContext' in globalThis && !('WebKitPlaybackTargetAvailabilityEvent' in globalThis);

/** Sets the gain of an element; call again whenever it begins to play. Does nothing while it could only do harm. */
export function setGain(media: HTMLMediaElement, factor: number): void {
  const gain = gains.get(media);
  if (gain) {
    gain.gain.setTargetAtTime(factor, gain.context.currentTime, GLIDE_SEC / 3);
    // Phones interrupt graphs for a call, and leave them so.
    if (gain.context.state !== 'running') void (gain.context as AudioContext).resume().catch(() => {});
    return;
  }
  if (factor === 1 || !canEvenOut) return;
  // Before the first gesture the console would fill with warnings, and nothing would come of it.
  if (navigator.userActivation && !navigator.userActivation.hasBeenActive && context === null) {
    if (!startsFreely(media)) return;
  }
  context ??= new AudioContext();
  if (context.state === 'running') take(context, media, factor);
  else void waitFor(context).then((running) => setTimeout(() => !gains.has(media) && take(running, media, factor)));
}

/** What plays aloud without a gesture is allowed to: so is the graph. */
function startsFreely(media: HTMLMediaElement): boolean {
  return !media.paused && !media.muted;
}

async function waitFor(waiting: AudioContext): Promise<AudioContext> {
  void waiting.resume().catch(() => {});
  if (waiting.state !== 'running') {
    await new Promise<void>((resolve) => {
      const look = () => {
        if (waiting.state !== 'running') return;
        waiting.removeEventListener('statechange', look);
        resolve();
      };
      waiting.addEventListener('statechange', look);
    });
  }
  return waiting;
}

function take(running: AudioContext, media: HTMLMediaElement, factor: number): void {
  const gain = running.createGain();
  gain.gain.value = factor;
  running.createMediaElementSource(media).connect(gain).connect(running.destination);
  gains.set(media, gain);
}
