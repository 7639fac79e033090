import './library-form.css';
import { FolderPlus } from 'lucide';
import { useState } from 'preact/hooks';
import type { LibraryWire } from '../../src/features/libraries/api.ts';
import type { LibraryDraft } from '../lib/api/libraries.ts';
import { t } from '../lib/i18n/translate.ts';
import { useSubmit } from '../lib/use-submit.ts';
import { Button } from '../ui/button.tsx';
import { SelectField, TextField } from '../ui/field.tsx';
import { FormProblem } from '../ui/form-problem.tsx';
import { FolderField } from './folder-field.tsx';
import { FolderList } from './folder-list.tsx';
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
  // A path that was typed counts, also when nobody pressed Enter.
  const [typed, setTyped] = useState('');
  const wanted = typed.trim() && !folders.includes(typed.trim()) ? [...folders, typed.trim()] : folders;
  const [sent, setSent] = useState<string[]>([]);
  const form = useSubmit(() => {
    setSent(wanted);
    return onSave({ name, kind, folders: wanted });
  });
  /** The server numbers the folders as they were sent; the list may have changed since. */
  const errorOf = (path: string): string | undefined => form.errors[`folders.${sent.indexOf(path)}`];

  function pick(path: string): void {
    if (!folders.includes(path)) setFolders([...folders, path]);
    if (!name) setName(path.split(/[\\/]/).filter(Boolean).at(-1) ?? '');
    setTyped('');
    setPicking(false);
  }

  return (
    <form id={id} class="form" onSubmit={form.onSubmit} data-testid="library-form">
      <FormProblem problem={form.problem} />
      <div class="form">
        <p class="field__label">{t('libraries.folders')}</p>
        <FolderList
          paths={folders}
          errorOf={errorOf}
          onDrop={(path) => setFolders(folders.filter((other) => other !== path))}
        />
        {picking ? (
          <>
            <FolderField value={typed} error={errorOf(typed.trim())} onInput={setTyped} onAdd={pick} />
            <FolderPicker onPick={pick} />
          </>
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
        dir="auto"
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
      {children(form.busy, wanted.length > 0 && name.trim().length > 0)}
    </form>
  );
}
