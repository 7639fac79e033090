import './sound-view.css';
import { Music } from 'lucide';
import type { PlaybackWire, VideoWire } from '../../src/features/videos/api.ts';
import { Icon } from '../ui/icon.tsx';

/** What is seen where there is no picture: the cover, what it is and by whom. The waveform is among the controls. */
export function SoundView({ video, playback }: { video: VideoWire; playback: PlaybackWire }) {
  const { artist, album } = playback.sound ?? {};
  const poster = video.posterUrl ?? playback.poster;
  return (
    <div class="sound" data-testid="sound-view">
      {poster && <div class="sound__backdrop" style={{ backgroundImage: `url("${poster}-320")` }} />}
      <div class="sound__card">
        <span class="sound__cover">
          {poster ? <img src={`${poster}-640`} alt="" decoding="async" /> : <Icon node={Music} size={56} />}
        </span>
        <span class="sound__text">
          <strong class="sound__title" dir="auto">
            {video.title}
          </strong>
          {artist && (
            <span class="sound__artist" dir="auto" data-testid="sound-artist">
              {artist}
            </span>
          )}
          {album && (
            <span class="sound__album" dir="auto" data-testid="sound-album">
              {album}
            </span>
          )}
        </span>
      </div>
    </div>
  );
}
