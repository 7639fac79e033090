/** What a key does in the player. Seconds, or a share of the whole for the digits. */
export type PlayerAction =
  | { do: 'playPause' | 'mute' | 'fullscreen' | 'captions' | 'pictureInPicture' | 'help' }
  | { do: 'seekBy'; seconds: number }
  | { do: 'seekToShare'; share: number }
  | { do: 'volumeBy'; share: number }
  | { do: 'speedBy'; steps: 1 | -1 }
  | { do: 'frameBy'; frames: 1 | -1 };

interface Key {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

/** The keys people know from YouTube. Null for keys that are not the player's. */
export function actionFor({ key, ctrlKey, metaKey, altKey }: Key): PlayerAction | null {
  if (ctrlKey || metaKey || altKey) return null;
  if (/^[0-9]$/.test(key)) return { do: 'seekToShare', share: Number(key) / 10 };
  switch (key.length === 1 ? key.toLowerCase() : key) {
    case ' ':
    case 'k':
      return { do: 'playPause' };
    case 'j':
      return { do: 'seekBy', seconds: -10 };
    case 'l':
      return { do: 'seekBy', seconds: 10 };
    case 'ArrowLeft':
      return { do: 'seekBy', seconds: -5 };
    case 'ArrowRight':
      return { do: 'seekBy', seconds: 5 };
    case 'ArrowUp':
      return { do: 'volumeBy', share: 0.05 };
    case 'ArrowDown':
      return { do: 'volumeBy', share: -0.05 };
    case 'Home':
      return { do: 'seekToShare', share: 0 };
    case 'End':
      return { do: 'seekToShare', share: 1 };
    case 'f':
      return { do: 'fullscreen' };
    case 'm':
      return { do: 'mute' };
    case 'c':
      return { do: 'captions' };
    case 'i':
      return { do: 'pictureInPicture' };
    case '<':
      return { do: 'speedBy', steps: -1 };
    case '>':
      return { do: 'speedBy', steps: 1 };
    case ',':
      return { do: 'frameBy', frames: -1 };
    case '.':
      return { do: 'frameBy', frames: 1 };
    case '?':
      return { do: 'help' };
    default:
      return null;
  }
}

export const SPEEDS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];

/** The next slower or faster of the speeds, staying inside the list. */
export function stepSpeed(now: number, steps: 1 | -1): number {
  const next = steps > 0 ? SPEEDS.find((speed) => speed > now) : SPEEDS.findLast((speed) => speed < now);
  return next ?? now;
}

/** Typing in a form, or a widget with its own arrow keys, is not steering the player. */
export function belongsElsewhere(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement | null;
  if (event.defaultPrevented || !target?.closest) return event.defaultPrevented;
  if (target.closest('input, textarea, select, [contenteditable], dialog, [role=menu]')) return true;
  // Space and Enter press the button or link that has the focus.
  if ((event.key === ' ' || event.key === 'Enter') && target.closest('button, a, summary')) return true;
  return event.key.startsWith('Arrow') && target.closest('[role=slider], .video-row') !== null;
}
