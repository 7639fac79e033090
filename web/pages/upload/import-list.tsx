import { useResource } from '../../lib/cache/resource.ts';
import { removedIds } from '../../lib/cache/videos.ts';
import { t } from '../../lib/i18n/translate.ts';
import { fetched, readImports } from '../../uploads/imports.ts';
import { ImportCard } from './import-card.tsx';

/** Links that are being fetched or have failed, and those that have arrived during this visit. */
export function ImportList() {
  const { data } = useResource('imports', readImports);
  const videos = fetched.value.filter(({ id }) => !removedIds.value.has(id));
  if (videos.length === 0) return null;
  return (
    <ul class="upload-list" aria-label={t('import.list')}>
      {videos.map((video) => (
        <li key={video.id}>
          <ImportCard video={video} link={data.value?.find((item) => item.video.id === video.id)?.import ?? null} />
        </li>
      ))}
    </ul>
  );
}
