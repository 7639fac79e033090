import { Cast } from 'lucide';
import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { MediaPlayerElement } from 'vidstack/elements';
import { t } from '../lib/i18n/translate.ts';
import { IconButton } from '../ui/button.tsx';

/** The browser's own way to another screen (Remote Playback API). Google's sender script would come from another host. */
export function CastButton({ player, started }: { player: RefObject<MediaPlayerElement | null>; started: boolean }) {
  const [available, setAvailable] = useState(false);
  useEffect(() => {
    const remote = player.current?.querySelector('video')?.remote;
    if (!remote) return;
    let watching: number | undefined;
    remote.watchAvailability(setAvailable).then(
      (id) => {
        watching = id;
      },
      () => {},
    );
    return () => void remote.cancelWatchAvailability(watching).catch(() => {});
  }, [started]);
  if (!available) return null;
  const cast = () =>
    player.current
      ?.querySelector('video')
      ?.remote.prompt()
      .catch(() => {});
  return <IconButton icon={Cast} label={t('player.cast')} onClick={() => void cast()} />;
}
