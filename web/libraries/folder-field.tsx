import './folder-field.css';
import { useState } from 'preact/hooks';
import { problemText } from '../lib/api/client.ts';
import { browseFolders } from '../lib/api/libraries.ts';
import { t } from '../lib/i18n/translate.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';

interface FolderFieldProps {
  value: string;
  /** What the server said of this very path when the form was sent. */
  error?: string;
  onInput: (path: string) => void;
  /** Called with a path that the server can read. */
  onAdd: (path: string) => void;
}

/** For those who know the path: typed or pasted, added by Enter or the button, or with the form itself. */
export function FolderField({ value, error, onInput, onAdd }: FolderFieldProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const path = value.trim();

  async function add(): Promise<void> {
    if (!path || busy) return;
    setBusy(true);
    try {
      await browseFolders(path);
      onAdd(path);
    } catch (failure) {
      setProblem(problemText(failure));
    } finally {
      setBusy(false);
    }
  }

  return (
    <Field label={t('folders.type')} hint={t('folders.typeHint')} error={problem ?? error}>
      {(wiring) => (
        <div class="folder-field">
          <input
            {...wiring}
            class="field__control"
            type="text"
            value={value}
            placeholder="/media/films"
            autoComplete="off"
            autoCapitalize="none"
            spellcheck={false}
            maxLength={4096}
            onInput={(event) => {
              setProblem(null);
              onInput(event.currentTarget.value);
            }}
            onKeyDown={(event) => {
              // With nothing typed Enter sends the form, as in every other field.
              if (event.key !== 'Enter' || !path) return;
              event.preventDefault();
              void add();
            }}
            data-testid="library-folder"
          />
          <Button busy={busy} disabled={!path} onClick={() => void add()} data-testid="folder-add">
            {t('folders.add')}
          </Button>
        </div>
      )}
    </Field>
  );
}
