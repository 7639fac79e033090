/** What a person chose in the player and wants again next time, on this device. */
export interface PlayerSettings {
  volume: number;
  muted: boolean;
  captions: string | null;
  /** Times the usual size of captions. */
  captionScale: number;
  /** Whether everything is played equally loud. */
  evenLoudness: boolean;
}

const KEY = 'kinora.player';

export function loadSettings(): PlayerSettings {
  const fresh: PlayerSettings = { volume: 1, muted: false, captions: null, captionScale: 1, evenLoudness: true };
  try {
    return { ...fresh, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<PlayerSettings>) };
  } catch {
    return fresh;
  }
}

export function saveSettings(change: Partial<PlayerSettings>): void {
  localStorage.setItem(KEY, JSON.stringify({ ...loadSettings(), ...change }));
}
