import './about.css';
import { Captions, Ellipsis, Globe, type IconNode, Image, Link, Lock, Pencil, Share2, Trash2, Users } from 'lucide';
import { useState } from 'preact/hooks';
import type { VideoWire, Visibility } from '../../../src/features/videos/api.ts';
import { appPath } from '../../lib/base.ts';
import { bytesText, dateText, durationText } from '../../lib/i18n/format.ts';
import { t } from '../../lib/i18n/translate.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { EditDialog } from '../../videos/edit-dialog.tsx';
import { useRemoveVideo } from './delete-button.tsx';
import { Description } from './description.tsx';
import { PosterDialog } from './poster-dialog.tsx';
import { ShareDialog } from './share-dialog.tsx';
import { SubtitlesDialog } from './subtitles-dialog.tsx';
import { TitleLine } from './title-line.tsx';

const VISIBILITY_ICON: Record<Visibility, IconNode> = { public: Globe, unlisted: Link, internal: Users, private: Lock };

/** What is below the picture: what it is, whose it is, and what one can do with it. */
export function About({ video }: { video: VideoWire }) {
  const [open, setOpen] = useState<'edit' | 'share' | 'poster' | 'subtitles' | null>(null);
  return (
    <section class="about" aria-label={t('watch.about')}>
      <TitleLine video={video} />
      <div class="about__line">
        <Source video={video} />
        <div class="about__actions">
          <Button icon={Share2} onClick={() => setOpen('share')} data-testid="share-button">
            {t('action.share')}
          </Button>
          {video.may.edit && (
            <Button icon={Pencil} onClick={() => setOpen('edit')} data-testid="edit-button">
              {t('action.edit')}
            </Button>
          )}
          <MoreActions video={video} open={setOpen} />
        </div>
      </div>
      <div class="about__box">
        <p class="about__facts">
          <span class="about__fact">
            <Icon node={VISIBILITY_ICON[video.visibility]} size={15} />
            {t(`visibility.${video.visibility}`)}
          </span>
          <span>{dateText(video.createdAtMs)}</span>
          {video.durationMs !== null && <span>{durationText(video.durationMs)}</span>}
          {video.height !== null && <span>{`${video.width}×${video.height}`}</span>}
          <span>{bytesText(video.sizeBytes)}</span>
        </p>
        <Description video={video} />
      </div>
      {open === 'edit' && <EditDialog video={video} onClose={() => setOpen(null)} />}
      {open === 'poster' && <PosterDialog video={video} onClose={() => setOpen(null)} />}
      {open === 'subtitles' && <SubtitlesDialog video={video} onClose={() => setOpen(null)} />}
      {open === 'share' && <ShareDialog video={video} onClose={() => setOpen(null)} />}
    </section>
  );
}

/** What is done rarely. */
function MoreActions({ video, open }: { video: VideoWire; open: (dialog: 'poster' | 'subtitles') => void }) {
  const remove = useRemoveVideo(video);
  const { may, playable, hasPicture } = video;
  if (!may.remove && !(may.edit && playable)) return null;
  return (
    <Menu
      label={t('watch.actions')}
      data-testid="more-menu"
      trigger={(wiring) => (
        <button type="button" class="icon-button" aria-label={t('watch.actions')} {...wiring} data-testid="more-button">
          <Icon node={Ellipsis} />
        </button>
      )}
    >
      {may.edit && playable && (
        <MenuItem icon={Image} onChoose={() => open('poster')} data-testid="poster-button">
          {t('poster.button')}
        </MenuItem>
      )}
      {may.edit && playable && hasPicture && (
        <MenuItem icon={Captions} onChoose={() => open('subtitles')} data-testid="subtitles-button">
          {t('subtitles.button')}
        </MenuItem>
      )}
      {may.remove && (
        <MenuItem icon={Trash2} danger onChoose={() => void remove()} data-testid="delete-video">
          {t('action.delete')}
        </MenuItem>
      )}
    </Menu>
  );
}

function Source({ video }: { video: VideoWire }) {
  const { library, channel } = video;
  if (library) {
    return <SourceLink href={`/library/${library.id}`} name={library.name} what={t('watch.fromLibrary')} />;
  }
  if (channel)
    return <SourceLink href={`/channel/${channel.handle}`} name={channel.name} what={`@${channel.handle}`} />;
  return <span />;
}

function SourceLink({ href, name, what }: { href: string; name: string; what: string }) {
  return (
    <a class="about__source" href={appPath(href)} data-testid="video-source">
      <Avatar name={name} size={40} />
      <span>
        <strong dir="auto">{name}</strong>
        <small>{what}</small>
      </span>
    </a>
  );
}
