import './channel-page.css';
import { Clapperboard, Film, Pencil, Upload } from 'lucide';
import { useState } from 'preact/hooks';
import { useRoute } from 'preact-iso';
import type { ChannelWire } from '../../../src/features/channels/api.ts';
import { fetchChannel } from '../../lib/api/channels.ts';
import { leadsNowhere, nowhereText } from '../../lib/api/client.ts';
import { listVideos } from '../../lib/api/videos.ts';
import { appPath } from '../../lib/base.ts';
import { usePaged } from '../../lib/cache/paged.ts';
import { useResource } from '../../lib/cache/resource.ts';
import { rememberVideos } from '../../lib/cache/videos.ts';
import { t } from '../../lib/i18n/translate.ts';
import { usePageTitle } from '../../lib/page-title.ts';
import { user } from '../../lib/session.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { VideoGrid } from '../../videos/video-grid.tsx';
import { EditChannelDialog } from './edit-channel-dialog.tsx';

/** A channel: who it is, and what is published in it for whoever looks. */
export function ChannelPage() {
  const { handle = '' } = useRoute().params;
  return <OneChannel key={handle} handle={handle} />;
}

function OneChannel({ handle }: { handle: string }) {
  const held = useResource(`channels/${handle}`, () => fetchChannel(`@${handle}`));
  const channel = held.data.value?.channel;
  usePageTitle(channel?.name ?? null);
  if (held.error.value && !channel) {
    const gone = leadsNowhere(held.error.value);
    return (
      <Empty
        page
        icon={Clapperboard}
        title={t(gone ? 'channel.goneTitle' : 'channel.errorTitle')}
        actions={
          gone ? (
            <ButtonLink href={appPath('/')}>{t('notFound.home')}</ButtonLink>
          ) : (
            <Button variant="primary" onClick={() => void held.refresh()}>
              {t('action.retry')}
            </Button>
          )
        }
      >
        {nowhereText(held.error.value)}
      </Empty>
    );
  }
  return (
    <div class="page">
      <header class="page__head">
        {channel ? <Heading channel={channel} /> : <Skeleton width="260px" height="72px" />}
        {channel?.may.edit && <EditButton channel={channel} />}
      </header>
      {channel && <Videos channel={channel} />}
    </div>
  );
}

function Heading({ channel }: { channel: ChannelWire }) {
  const { name, handle, description, videos } = channel;
  return (
    <div class="channel-head">
      <Avatar name={name} size={72} />
      <div class="channel-head__text">
        <h1 dir="auto">{name}</h1>
        <p class="page__lead">{`@${handle} · ${countText(videos)}`}</p>
        {description && (
          <p class="channel-head__description" dir="auto">
            {description}
          </p>
        )}
      </div>
    </div>
  );
}

const countText = ({ count, andMore }: ChannelWire['videos']) =>
  t(andMore ? 'channel.manyVideos' : 'channel.videos', { count });

function EditButton({ channel }: { channel: ChannelWire }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button icon={Pencil} onClick={() => setOpen(true)} data-testid="edit-channel">
        {t('action.edit')}
      </Button>
      {open && <EditChannelDialog channel={channel} onClose={() => setOpen(false)} />}
    </>
  );
}

function Videos({ channel: { id, name, owner } }: { channel: ChannelWire }) {
  const videos = usePaged(`videos:channel:${id}`, async (cursor) => {
    const page = await listVideos({ channel: id, limit: 40 }, cursor);
    rememberVideos(page.items);
    return page;
  });
  if (videos.items?.length !== 0) return <VideoGrid list={videos} label={name} fromOnePlace />;
  const mayAdd = owner?.id === user.value?.id && user.value?.mayUpload;
  const upload = (
    <ButtonLink variant="primary" icon={Upload} href={appPath('/upload')}>
      {t('nav.upload')}
    </ButtonLink>
  );
  return (
    <Empty icon={Film} title={t('channel.emptyTitle')} actions={mayAdd ? upload : undefined}>
      {mayAdd ? t('channel.emptyText') : undefined}
    </Empty>
  );
}
