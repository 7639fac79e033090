import './define.ts';
import './player.css';
import { useSignal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { MediaPlayerElement } from 'vidstack/elements';
import type { PlaybackWire, VideoWire } from '../../src/features/videos/api.ts';
import { t } from '../lib/i18n/translate.ts';
import { Button } from '../ui/button.tsx';
import { useCaptions } from './captions.ts';
import { perform } from './commands.ts';
import { Controls } from './controls.tsx';
import { actionFor, belongsElsewhere, type PlayerAction } from './keys.ts';
import { EMPTY_STATE, followPlayer } from './player-state.ts';
import { createProgressSaver } from './progress-saver.ts';
import { seekTo, timeOf } from './seeking.ts';
import { ShortcutSheet } from './shortcut-sheet.tsx';
import { SoundView } from './sound-view.tsx';
import { loadSource, preparePlayer } from './source.ts';
import { StatsPanel } from './stats-panel.tsx';
import { useEvenLoudness } from './use-even-loudness.ts';
import { useFreshLinks } from './use-fresh-links.ts';
import { useOriginal } from './use-original.ts';
import { usePointer } from './use-pointer.ts';
import { WaitNote } from './wait-note.tsx';

interface PlayerProps {
  video: VideoWire;
  playback: PlaybackWire;
  startMs: number;
  /** Gets fresh URLs: the old ones have expired, or failed. */
  onStale: () => Promise<PlaybackWire | undefined>;
  /** Hands out the way to seek, for time codes in the description. */
  onReady: (seek: (ms: number) => void, now: () => number) => void;
}

export function Player({ video, playback, startMs, onStale, onReady }: PlayerProps) {
  const element = useRef<MediaPlayerElement>(null);
  const state = useSignal(EMPTY_STATE);
  const positionMs = useSignal(startMs);
  const flash = useSignal<{ text: string; key: number } | null>(null);
  const [original, setOriginal] = useOriginal(element, playback, startMs, video.durationMs);
  const loudness = useEvenLoudness(element, state, playback.renditions);
  const [stats, setStats] = useState(false);
  const [help, setHelp] = useState(false);
  const [failed, setFailed] = useState(false);
  const frameRate = playback.renditions.find((one) => one.frameRate)?.frameRate ?? null;
  const captions = useCaptions(element, playback, state.value.audioTrack?.language || spokenBy(playback));
  const whole = original !== 'no' && playback.original ? playback.original : playback.hls;
  const url = captions.burnt ?? whole;
  // The keys are listened to once, and always mean the captions of now.
  const toggleCaptions = useRef(captions.toggle);
  toggleCaptions.current = captions.toggle;

  function act(action: PlayerAction): void {
    const player = element.current;
    if (!player) return;
    if (action.do === 'help') setHelp(true);
    const words = action.do === 'captions' ? toggleCaptions.current() : perform(player, action, frameRate);
    if (words) flash.value = { text: words, key: (flash.peek()?.key ?? 0) + 1 };
  }

  // Once: the player, its state, and what it remembers.
  useEffect(() => {
    const player = element.current!;
    const saver = createProgressSaver(video.id);
    const undo = preparePlayer(player, playback.renditions);
    const unfollow = followPlayer(player, state);
    const listening = new AbortController();
    const on = { signal: listening.signal };
    const note = () => saver.tick(player.currentTime * 1000, player.duration * 1000);
    const saveNow = () => {
      note();
      saver.flush();
    };
    player.addEventListener(
      'time-update',
      () => {
        positionMs.value = player.currentTime * 1000;
        if (!player.paused) note();
      },
      on,
    );
    player.addEventListener(
      'seeking',
      () => {
        positionMs.value = timeOf(player) * 1000;
      },
      on,
    );
    player.addEventListener('pause', saveNow, on);
    player.addEventListener('ended', saveNow, on);
    player.addEventListener('playing', () => setFailed(false), on);
    addEventListener('pagehide', () => saver.flush(true), on);
    addEventListener(
      'keydown',
      (event) => {
        const action = belongsElsewhere(event) ? null : actionFor(event);
        if (!action) return;
        event.preventDefault();
        act(action);
      },
      // Before Vidstack, which swallows the first key pressed after the controls have hidden.
      { ...on, capture: true },
    );
    onReady(
      (ms) => {
        seekTo(player, ms / 1000);
        void player.play().catch(() => {});
        player.scrollIntoView({ block: 'center', behavior: 'smooth' });
      },
      () => positionMs.peek(),
    );
    return () => {
      saver.flush(true);
      listening.abort();
      unfollow();
      undo();
    };
  }, []);

  // Whenever another playlist is wanted: the first one, the original, or the same with a fresh token.
  useEffect(() => {
    const player = element.current!;
    const wasPlaying = player.state.started && !player.paused;
    loadSource(player, url, positionMs.peek());
    if (wasPlaying) player.addEventListener('can-play', () => void player.play().catch(() => {}), { once: true });
  }, [url]);

  useFreshLinks(element, playback, onStale, () => setFailed(true));

  async function retry(): Promise<void> {
    setFailed(false);
    const fresh = await onStale();
    // With the same URL the effect above has nothing to do.
    if (element.current && (fresh?.hls ?? playback.hls) === playback.hls) {
      loadSource(element.current, '', positionMs.peek());
      loadSource(element.current, url, positionMs.peek());
    }
  }

  const pointer = usePointer(element, act);
  const audioOnly = video.hasPicture === false;
  return (
    <media-player
      ref={element}
      class={audioOnly ? 'player player--audio' : 'player'}
      title={video.title}
      artist={playback.sound?.artist ?? ''}
      artwork={artworkOf(playback.poster)}
      load="eager"
      view-type="video"
      stream-type="on-demand"
      log-level="silent"
      playsinline
      key-disabled
      autoplay
      data-testid="player"
      aria-label={t('player.label', { title: video.title })}
    >
      <media-provider class="player__screen" />
      {audioOnly && <SoundView video={video} playback={playback} />}
      {!audioOnly && !state.value.started && playback.poster && (
        <div class="player__cover" style={{ backgroundImage: `url("${playback.poster}")` }} />
      )}
      <media-captions
        class="player__captions vds-captions"
        style={{ '--media-user-font-size': String(captions.scale) }}
      />
      <div class="player__touch" {...pointer} aria-hidden="true" />
      {(state.value.waiting || (!state.value.started && !state.value.paused)) && (
        <>
          <span class="player__spinner" role="status" aria-label={t('player.waiting')} />
          <WaitNote hls={playback.hls} />
        </>
      )}
      {flash.value && (
        <span key={flash.value.key} class="player__flash" aria-live="polite">
          {flash.value.text}
        </span>
      )}
      {stats && (
        <StatsPanel player={element} state={state} renditions={playback.renditions} onClose={() => setStats(false)} />
      )}
      <Controls
        player={element}
        state={state}
        positionMs={positionMs}
        playback={playback}
        lengthMs={video.durationMs}
        original={original}
        onOriginal={setOriginal}
        captions={captions}
        loudness={loudness}
        onAction={act}
        stats={stats}
        onStats={() => setStats(!stats)}
      />
      {failed && (
        <div class="player__failed" role="alert" data-testid="player-error">
          <p>{t('player.failed')}</p>
          <Button variant="primary" onClick={() => void retry()}>
            {t('action.retry')}
          </Button>
        </div>
      )}
      {help && <ShortcutSheet onClose={() => setHelp(false)} />}
    </media-player>
  );
}

/** What the system shows of what plays: on lock screens, beside the volume. */
function artworkOf(poster: string | null): MediaImage[] {
  if (!poster) return [];
  return ['320', '640', '1280'].map((width) => ({ src: new URL(`${poster}-${width}`, document.baseURI).href }));
}

/** The language of the sound that plays unless somebody chooses another. */
function spokenBy({ renditions }: PlaybackWire): string | null {
  return renditions.find(({ kind }) => kind === 'audio')?.language ?? null;
}
