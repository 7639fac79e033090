import { listVideos } from '../../lib/api/videos.ts';
import { usePaged } from '../../lib/cache/paged.ts';
import { rememberVideos } from '../../lib/cache/videos.ts';
import { t } from '../../lib/i18n/translate.ts';
import { fetched } from '../../uploads/imports.ts';
import { uploads } from '../../uploads/upload-totals.ts';
import { VideoGrid } from '../../videos/video-grid.tsx';

/** What this person has uploaded or had fetched, without what is listed above already. */
export function RecentUploads() {
  const list = usePaged('videos:mine', async (cursor) => {
    const page = await listVideos({ owner: 'me', limit: 24 }, cursor);
    rememberVideos(page.items);
    return page;
  });
  const above = new Set([...uploads.value.map((entry) => entry.video.value?.id), ...fetched.value.map(({ id }) => id)]);
  const items = list.items?.filter((video) => video.state !== 'uploading' && !above.has(video.id));
  if (!items || items.length === 0) return null;
  return (
    <section class="upload-section" aria-labelledby="my-uploads">
      <h2 id="my-uploads">{t('upload.mine')}</h2>
      <VideoGrid list={{ ...list, items }} label={t('upload.mine')} />
    </section>
  );
}
