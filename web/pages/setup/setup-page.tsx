import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { AccountFields, EMPTY_ACCOUNT } from '../../accounts/account-fields.tsx';
import { setUp } from '../../lib/api/accounts.ts';
import { addLibrary } from '../../lib/api/libraries.ts';
import { appPath } from '../../lib/base.ts';
import { t } from '../../lib/i18n/translate.ts';
import { usePageTitle } from '../../lib/page-title.ts';
import { becomeUser, instance } from '../../lib/session.ts';
import { useSubmit } from '../../lib/use-submit.ts';
import { LibraryForm } from '../../libraries/library-form.tsx';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { FormProblem } from '../../ui/form-problem.tsx';
import { Gate } from '../../ui/gate.tsx';
import { showToast } from '../../ui/toast.tsx';

export function SetupPage() {
  usePageTitle(t('setup.title'));
  const { query } = useLocation();
  const [step, setStep] = useState<'admin' | 'folder'>('admin');
  if (step === 'folder') return <FolderStep />;
  if (!instance.value?.needsSetup) {
    return (
      <Gate title={t('setup.doneTitle')} lead={t('setup.doneText')}>
        <ButtonLink variant="primary" href={appPath('/')}>
          {t('notFound.home')}
        </ButtonLink>
      </Gate>
    );
  }
  return <AdminStep token={query.token ?? ''} onDone={() => setStep('folder')} />;
}

function AdminStep({ token: given, onDone }: { token: string; onDone: () => void }) {
  const [token, setToken] = useState(given);
  const [draft, setDraft] = useState(EMPTY_ACCOUNT);
  const form = useSubmit(async () => {
    const { user } = await setUp({ token: token.trim(), ...draft });
    // The next step first: with needsSetup false this page would otherwise say that all is done.
    onDone();
    becomeUser(user);
    if (instance.value) instance.value = { ...instance.value, needsSetup: false };
  });
  return (
    <Gate title={t('setup.title')} lead={t('setup.lead')}>
      <p class="gate__steps">{t('setup.step', { step: 1, steps: 2 })}</p>
      {!given && (
        <div class="gate__lead" data-testid="setup-token-help">
          <p>{t('setup.tokenMissing')}</p>
          <code>{`${location.origin}${appPath('/setup')}?token=…`}</code>
          <p>{t('setup.tokenMissing2')}</p>
        </div>
      )}
      <form class="form" onSubmit={form.onSubmit} data-testid="setup-form">
        <FormProblem problem={form.problem ?? (given ? (form.errors.token ?? null) : null)} />
        {!given && (
          <TextField
            label={t('setup.token')}
            value={token}
            required
            spellcheck={false}
            error={form.errors.token}
            onInput={(event) => setToken(event.currentTarget.value)}
            data-testid="field-token"
          />
        )}
        <AccountFields draft={draft} errors={form.errors} onChange={setDraft} />
        <Button variant="primary" type="submit" busy={form.busy} data-testid="setup-submit">
          {t('setup.submit')}
        </Button>
      </form>
    </Gate>
  );
}

function FolderStep() {
  const { route } = useLocation();
  return (
    <Gate title={t('setup.folderTitle')} lead={t('setup.folderText')} wide>
      <p class="gate__steps">{t('setup.step', { step: 2, steps: 2 })}</p>
      <LibraryForm
        id="setup-library"
        onSave={async (draft) => {
          await addLibrary(draft);
          showToast(t('libraries.added', { name: draft.name }));
          route(appPath('/'));
        }}
      >
        {(busy, ready) => (
          <div class="form__foot">
            <ButtonLink variant="quiet" href={appPath('/')} data-testid="setup-skip">
              {t('setup.skip')}
            </ButtonLink>
            <Button variant="primary" type="submit" busy={busy} disabled={!ready} data-testid="library-save">
              {t('setup.watch')}
            </Button>
          </div>
        )}
      </LibraryForm>
    </Gate>
  );
}
