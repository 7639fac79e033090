import './library-form.css';
import { FolderPlus, X } from 'lucide';
import { useState } from 'preact/hooks';
import type { LibraryWire } from '../../src/features/libraries/api.ts';
import type { LibraryDraft } from '../lib/api/libraries.ts';
import { t } from '../lib/i18n/translate.ts';
import { useSubmit } from '../lib/use-submit.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { SelectField, TextField } from '../ui/field.tsx';
import { FormProblem } from '../ui/form-problem.tsx';
import { FolderPicker } from './folder-picker.tsx';

type Kind = LibraryWire['kind'];
const KINDS: Kind[] = ['movies', 'shows', 'home'];

interface LibraryFormProps {
  id: string;
  start?: LibraryWire;
  /** Resolves when saved; what it throws is shown in the form. */
  onSave: (draft: LibraryDraft) => Promise<void>;
  children: (busy: boolean, ready: boolean) => preact.ComponentChildren;
}

/** Name, kind and folders of a library. The folder's own name is suggested as the library's. */
export function LibraryForm({ id, start, onSave, children }: LibraryFormProps) {
  const [name, setName] = useState(start?.name ?? '');
  const [kind, setKind] = useState<Kind>(start?.kind ?? 'movies');
  const [folders, setFolders] = useState<string[]>(start?.folders.map((folder) => folder.path) ?? []);
  const [picking, setPicking] = useState(!start);
  const form = useSubmit(() => onSave({ name, kind, folders }));

  function pick(path: string): void {
    if (!folders.includes(path)) setFolders([...folders, path]);
    if (!name) setName(path.split(/[\\/]/).filter(Boolean).at(-1) ?? '');
    setPicking(false);
  }

  return (
    <form id={id} class="form" onSubmit={form.onSubmit} data-testid="library-form">
      <FormProblem problem={form.problem} />
      <div class="form">
        <p class="field__label">{t('libraries.folders')}</p>
        {folders.length > 0 && (
          <ul class="folder-list">
            {folders.map((path) => (
              <li key={path}>
                <bdi>{path}</bdi>
                <IconButton
                  icon={X}
                  size={16}
                  label={t('libraries.dropFolder', { path })}
                  onClick={() => setFolders(folders.filter((other) => other !== path))}
                />
              </li>
            ))}
          </ul>
        )}
        {picking ? (
          <FolderPicker onPick={pick} />
        ) : (
          <div>
            <Button small icon={FolderPlus} onClick={() => setPicking(true)} data-testid="folder-more">
              {t('libraries.addFolder')}
            </Button>
          </div>
        )}
        {form.errors.folders && <p class="field__note field__note--error">{form.errors.folders}</p>}
      </div>
      <TextField
        label={t('libraries.name')}
        value={name}
        maxLength={80}
        required
        error={form.errors.name}
        onInput={(event) => setName(event.currentTarget.value)}
        data-testid="library-name"
      />
      {!start && (
        <SelectField
          label={t('libraries.kind')}
          value={kind}
          choices={KINDS.map((value) => ({ value, label: t(`kind.${value}`) }))}
          hint={t(`kind.${kind}Hint`)}
          onChoose={setKind}
        />
      )}
      {children(form.busy, folders.length > 0 && name.trim().length > 0)}
    </form>
  );
}
