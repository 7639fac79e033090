import './folder-picker.css';
import { CornerLeftUp, Folder } from 'lucide';
import { useState } from 'preact/hooks';
import { problemText } from '../lib/api/client.ts';
import { browseFolders } from '../lib/api/libraries.ts';
import { useResource } from '../lib/cache/resource.ts';
import { t } from '../lib/i18n/translate.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { moveFocus } from '../ui/roving.ts';
import { Skeleton } from '../ui/skeleton.tsx';

interface FolderPickerProps {
  /** Called with the folder that is open when "Use this folder" is pressed. */
  onPick: (path: string) => void;
}

/** Walks through the folders of the machine Kinora runs on. */
export function FolderPicker({ onPick }: FolderPickerProps) {
  const [path, setPath] = useState<string | undefined>(undefined);
  const listing = useResource(`folders:${path ?? ''}`, () => browseFolders(path));
  const here = listing.data.value;
  return (
    <div class="folder-picker" data-testid="folder-picker">
      <p class="folder-picker__path">
        <Icon node={Folder} size={17} />
        <bdi>{here?.path ?? path ?? '…'}</bdi>
      </p>
      <ul
        class="folder-picker__list"
        aria-busy={!here}
        onKeyDown={(event) => moveFocus(event, 'button') && event.preventDefault()}
      >
        {here?.parent != null && (
          <li>
            <button type="button" onClick={() => setPath(here.parent ?? undefined)}>
              <Icon node={CornerLeftUp} mirrored size={18} />
              {t('folders.up')}
            </button>
          </li>
        )}
        {here?.folders.map((folder) => (
          <li key={folder.path}>
            <button type="button" onClick={() => setPath(folder.path)} data-testid="folder-row">
              <Icon node={Folder} size={18} />
              <bdi>{folder.name}</bdi>
            </button>
          </li>
        ))}
        {!here && !listing.error.value && [1, 2, 3].map((row) => <Skeleton key={row} height="36px" />)}
        {here?.folders.length === 0 && <li class="folder-picker__none">{t('folders.none')}</li>}
      </ul>
      {listing.error.value ? (
        <p class="folder-picker__error" role="alert">
          {problemText(listing.error.value)}{' '}
          {path !== undefined && (
            <button type="button" class="text-link" onClick={() => setPath(undefined)}>
              {t('folders.start')}
            </button>
          )}
        </p>
      ) : null}
      <div class="folder-picker__foot">
        <span role="status">{here ? t('folders.videos', { count: here.videoCount }) : ''}</span>
        <Button disabled={!here} onClick={() => here && onPick(here.path)} data-testid="folder-use">
          {t('folders.use')}
        </Button>
      </div>
    </div>
  );
}
