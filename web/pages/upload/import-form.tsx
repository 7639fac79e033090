import './import-form.css';
import { Link } from 'lucide';
import { useState } from 'preact/hooks';
import { t } from '../../lib/i18n/translate.ts';
import { useSubmit } from '../../lib/use-submit.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { FormProblem } from '../../ui/form-problem.tsx';
import { fetchLink } from '../../uploads/imports.ts';

/** Takes a link; what becomes of it is told in the list below. */
export function ImportForm() {
  const [url, setUrl] = useState('');
  const form = useSubmit(async () => {
    await fetchLink(url);
    setUrl('');
  });
  return (
    <form class="import-form" onSubmit={form.onSubmit} noValidate data-testid="import-form">
      <FormProblem problem={form.problem} />
      <div class="import-form__row">
        <TextField
          label={t('import.label')}
          hint={t('import.hint')}
          error={form.errors['url']}
          value={url}
          type="url"
          autoCapitalize="none"
          spellcheck={false}
          data-testid="import-url"
          onInput={(event) => setUrl(event.currentTarget.value)}
        />
        <Button icon={Link} type="submit" busy={form.busy} data-testid="import-submit">
          {t('import.submit')}
        </Button>
      </div>
    </form>
  );
}
