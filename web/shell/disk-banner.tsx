import { HardDrive } from 'lucide';
import { fetchDisk } from '../lib/api/instance.ts';
import { useResource } from '../lib/cache/resource.ts';
import { bytesText } from '../lib/i18n/format.ts';
import { t } from '../lib/i18n/translate.ts';
import { Banner } from '../ui/banner.tsx';

/** Tells an admin that the disk is nearly full, what that means and what to do. */
export function DiskBanner() {
  const { data } = useResource('disk', fetchDisk);
  const disk = data.value;
  if (!disk?.low || !disk.space) return null;
  const { freeBytes, totalBytes, resumeBytes } = disk.space;
  return (
    <div class="shell__notice">
      <Banner icon={HardDrive} tone="bad" data-testid="disk-banner">
        <strong>{t('disk.low', { free: bytesText(freeBytes), total: bytesText(totalBytes) })}</strong>{' '}
        {t('disk.paused')} {t('disk.todo', { keep: bytesText(resumeBytes) })}
      </Banner>
    </div>
  );
}
