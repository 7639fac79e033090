import './now-playing.css';
import { useEffect } from 'preact/hooks';
import type { PlayingWire } from '../../../../src/features/overview/api.ts';
import { listPlaying } from '../../../lib/api/overview.ts';
import { appPath } from '../../../lib/base.ts';
import { useResource } from '../../../lib/cache/resource.ts';
import { bytesText, dateTimeText, relativeText } from '../../../lib/i18n/format.ts';
import { t } from '../../../lib/i18n/translate.ts';
import { formatClock } from '../../../lib/time.ts';
import { Badge } from '../../../ui/badge.tsx';
import { ProgressBar } from '../../../ui/progress.tsx';
import { Skeleton } from '../../../ui/skeleton.tsx';

const REFRESH_MS = 3000;

export const usePlaying = () => useResource('overview/playing', listPlaying);

/** Who watches what now, in which quality and why. */
export function NowPlaying() {
  const { data, refresh } = usePlaying();
  useEffect(() => {
    const timer = setInterval(() => void refresh(), REFRESH_MS);
    return () => clearInterval(timer);
  }, []);
  const items = data.value?.items;
  return (
    <section class="playing" aria-labelledby="playing-title" aria-busy={!items} data-testid="now-playing">
      <h2 id="playing-title">{t('playing.title')}</h2>
      {!items && <Skeleton height="72px" />}
      {items?.length === 0 && <p class="overview__card playing__none">{t('playing.nobody')}</p>}
      {items && items.length > 0 && (
        <ul class="playing__list">
          {items.map((one) => (
            <PlayingCard key={one.id} one={one} />
          ))}
        </ul>
      )}
    </section>
  );
}

function PlayingCard({ one }: { one: PlayingWire }) {
  const { user, address, video, positionMs, sinceMs, bytesPerSecond } = one;
  const of = video.durationMs;
  return (
    <li class="overview__card playing__one" data-testid="playing-row">
      <p class="playing__film">
        <a href={appPath(`/watch/${video.id}`)}>
          <bdi>{video.title}</bdi>
        </a>
      </p>
      <p class="playing__who">
        <strong>{user ? user.username : t('playing.visitor')}</strong> · <bdi>{address}</bdi> ·{' '}
        <span title={dateTimeText(sinceMs)}>{t('playing.since', { time: relativeText(sinceMs) })}</span>
      </p>
      <ProgressBar percent={of ? Math.min(100, (100 * positionMs) / of) : 0} label={t('playing.position')} />
      <p class="playing__where">
        <span>
          {of ? t('playing.at', { at: formatClock(positionMs), of: formatClock(of) }) : formatClock(positionMs)}
        </span>
        <span>{t('playing.rate', { bytes: bytesText(bytesPerSecond) })}</span>
      </p>
      <ul class="playing__why">
        <Rendition what="picture" rendition={one.picture} />
        <Rendition what="sound" rendition={one.sound} />
      </ul>
    </li>
  );
}

function Rendition({ what, rendition }: { what: 'picture' | 'sound'; rendition: PlayingWire['picture'] }) {
  if (!rendition) return null;
  const { label, mode, why } = rendition;
  const name = t(`playing.${what}`);
  return (
    <li data-testid={`playing-${what}`} data-mode={mode}>
      <strong>{name}</strong>
      {/* Sound of which nothing is known has no name but that. */}
      {label !== name && <Badge tone={mode === 'copied' ? 'good' : 'warn'}>{label}</Badge>}
      <p>{why}</p>
    </li>
  );
}
