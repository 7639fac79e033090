import './wait-note.css';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { WaitingWire } from '../../src/features/playback/api.ts';
import { fetchWaiting } from '../lib/api/videos.ts';
import { t } from '../lib/i18n/translate.ts';

/** A wait that is over by then needs no words. */
const PATIENCE_MS = 2000;
const ASK_EVERY_MS = 1500;

/** Says what a viewer waits for, when it takes long: their part is being made, or the encoders are busy with others. */
export function WaitNote({ hls }: { hls: string }) {
  const found = useSignal<WaitingWire | null>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    let over = false;
    const ask = async () => {
      // A server that does not answer has a banner of its own.
      found.value = await fetchWaiting(hls).catch(() => null);
      if (!over) timer = setTimeout(ask, ASK_EVERY_MS);
    };
    timer = setTimeout(ask, PATIENCE_MS);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [hls]);
  const text = found.value && waitText(found.value);
  return (
    <p class="player__wait" role="status" data-testid="player-wait">
      {text && <span>{text}</span>}
    </p>
  );
}

function waitText({ waiting, ahead }: WaitingWire): string | null {
  if (waiting === 'part') return t('player.wait.part');
  if (waiting === 'nothing') return null;
  return ahead === 0 ? t('player.wait.next') : t('player.wait.turn', { count: ahead });
}
