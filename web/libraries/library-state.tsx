import type { LibraryWire } from '../../src/features/libraries/api.ts';
import { relativeText } from '../lib/i18n/format.ts';
import { t } from '../lib/i18n/translate.ts';
import { Badge } from '../ui/badge.tsx';

export function LibraryState({ library }: { library: LibraryWire }) {
  if (library.state === 'scanning') return <Badge tone="accent">{t('libraries.scanning')}</Badge>;
  if (library.state === 'offline') return <Badge tone="warn">{t('libraries.offline')}</Badge>;
  return null;
}

/** "124 videos · looked through 5 minutes ago" */
export function libraryFacts(library: LibraryWire): string {
  const scanned =
    library.scannedAtMs === null
      ? t('libraries.neverScanned')
      : t('libraries.scanned', { time: relativeText(library.scannedAtMs) });
  return `${t('libraries.videos', { count: library.videoCount })} · ${scanned}`;
}
