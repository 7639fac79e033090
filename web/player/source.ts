import type { HLSProvider } from 'vidstack';
import type { MediaPlayerElement } from 'vidstack/elements';
import type { RenditionWire } from '../../src/features/videos/api.ts';
import { repeatMissedPauses } from './media-element.ts';
import { keepOneSound } from './one-sound.ts';
import { arriveAtStart, startAt, startOf } from './seeking.ts';
import { loadSettings, saveSettings } from './settings.ts';
import { START_BITS_PER_SECOND } from './start-quality.ts';

/** hls.js does without a part whose controller is not there. */
const WITHOUT_CAPTIONS = {
  timelineController: undefined,
  subtitleTrackController: undefined,
  subtitleStreamController: undefined,
} as object;

/** Loads a playlist and starts at a position, whether it is the first one or another in its place. */
export function loadSource(player: MediaPlayerElement, url: string, positionMs: number): void {
  startAt(player, positionMs / 1000);
  player.src = { src: url, type: 'application/vnd.apple.mpegurl' };
}

/** Readies the player once, before its first source. Returns the way to undo it. */
export function preparePlayer(player: MediaPlayerElement, renditions: RenditionWire[]): () => void {
  const listening = new AbortController();
  const { signal } = listening;
  player.addEventListener(
    'provider-change',
    (event) => {
      const provider = event.detail as HLSProvider | null;
      if (provider?.type !== 'hls') return;
      // Chromium reads HLS too, and would begin to load, and have encoded, what hls.js is about to load in its own way.
      (provider as unknown as { appendSource: () => void }).appendSource = () => {};
      // Without this Vidstack would fetch hls.js from another host.
      provider.library = () => import('hls.js');
      provider.onInstance((hls) => keepOneSound(hls, provider.ctor!));
      provider.config = {
        startPosition: startOf(player) ?? -1,
        // Saves bytes where every size is stored already. Where it is not, a smaller picture would have to be encoded
        // although the original lies ready to be copied.
        capLevelToPlayerSize: allStored(renditions),
        // Start as on a home network: starting low would have the server encode a size nobody wants.
        abrEwmaDefaultEstimate: START_BITS_PER_SECOND,
        testBandwidth: false,
        // Captions are ours to load: from the playlist they would be in the list a second time.
        ...WITHOUT_CAPTIONS,
        backBufferLength: 60,
        fragLoadPolicy: {
          default: {
            // A segment nobody has asked for before is encoded while we wait.
            maxTimeToFirstByteMs: 30_000,
            maxLoadTimeMs: 120_000,
            timeoutRetry: { maxNumRetry: 4, retryDelayMs: 0, maxRetryDelayMs: 0 },
            errorRetry: { maxNumRetry: 6, retryDelayMs: 1000, maxRetryDelayMs: 8000 },
          },
        },
      };
    },
    { signal },
  );
  repeatMissedPauses(player, signal);
  player.addEventListener('can-play', () => arriveAtStart(player), { signal });
  // WebKit alone can send a stream it reads itself to an AirPlay receiver.
  player.preferNativeHLS = 'WebKitPlaybackTargetAvailabilityEvent' in window;
  player.qualities.switch = 'next';
  rememberVolume(player, signal);
  return () => listening.abort();
}

function allStored(renditions: RenditionWire[]): boolean {
  return renditions.every((one) => one.kind === 'audio' || one.filledPercent >= 100);
}

/** Vidstack gives each new media element its own full volume once it can play: ours is set after that, and heeded from then on. */
function rememberVolume(player: MediaPlayerElement, signal: AbortSignal): void {
  const { volume, muted } = loadSettings();
  const save = () => saveSettings({ volume: player.volume, muted: player.muted });
  const start = () => {
    if (signal.aborted) return;
    player.volume = volume;
    player.muted = muted;
    player.addEventListener('volume-change', save, { signal });
  };
  player.addEventListener('can-play', () => setTimeout(start), { signal, once: true });
}
