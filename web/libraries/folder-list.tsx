import { X } from 'lucide';
import { t } from '../lib/i18n/translate.ts';
import { IconButton } from '../ui/button.tsx';

interface FolderListProps {
  paths: string[];
  errorOf: (path: string) => string | undefined;
  onDrop: (path: string) => void;
}

/** The folders a library has so far, each with what the server has against it. */
export function FolderList({ paths, errorOf, onDrop }: FolderListProps) {
  if (paths.length === 0) return null;
  return (
    <ul class="folder-list">
      {paths.map((path) => (
        <li key={path} data-testid="folder-chosen">
          <div class="folder-list__row">
            <bdi>{path}</bdi>
            <IconButton icon={X} size={16} label={t('libraries.dropFolder', { path })} onClick={() => onDrop(path)} />
          </div>
          {errorOf(path) && (
            <p class="field__note field__note--error" role="alert">
              {errorOf(path)}
            </p>
          )}
        </li>
      ))}
    </ul>
  );
}
