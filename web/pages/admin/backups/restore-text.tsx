import { Copy } from 'lucide';
import type { z } from 'zod';
import type { BackupList } from '../../../../src/features/backups/api.ts';
import { copyText } from '../../../lib/clipboard.ts';
import { t } from '../../../lib/i18n/translate.ts';
import { IconButton } from '../../../ui/button.tsx';

/** How one is put back: a command, since nothing may run meanwhile that could be clicked. */
export function RestoreText({ list: { items, folder, dataFolder } }: { list: z.infer<typeof BackupList> }) {
  const name = items[0]?.name ?? 'kinora-….tar';
  return (
    <section aria-labelledby="backups-restore">
      <h2 id="backups-restore">{t('backups.restore')}</h2>
      <div class="backups__card backups__facts">
        <p>{t('backups.restoreText')}</p>
        <Command text={`kinora restore ${quoted(`${folder}/${name}`)} --data ${quoted(dataFolder)} --force`} />
        <p>{t('backups.restoreElsewhere')}</p>
        <Command text={`kinora restore ${name} --data ./data`} />
      </div>
    </section>
  );
}

function Command({ text }: { text: string }) {
  return (
    <p class="backups__command">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what is scrolled sideways must be reached by keyboard. */}
      <code tabIndex={0}>{text}</code>
      <IconButton icon={Copy} size={17} label={t('backups.copyCommand')} onClick={() => void copyText(text)} />
    </p>
  );
}

/** For a shell. */
const quoted = (path: string) => (/^[\w./:@-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`);
