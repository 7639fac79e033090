import { useState } from 'preact/hooks';
import { makeInvite } from '../../../lib/api/people.ts';
import { t } from '../../../lib/i18n/translate.ts';
import { useSubmit } from '../../../lib/use-submit.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { SelectField, TextField } from '../../../ui/field.tsx';
import { FormProblem } from '../../../ui/form-problem.tsx';
import { LinkShown } from './link-shown.tsx';

const USES = ['1', '5', '25', 'any'] as const;
const HOLDS = ['1', '7', '30', 'never'] as const;

/** Makes an invite and shows its link, which nobody can read again. */
export function InviteDialog({ onClose }: { onClose: () => void }) {
  const [note, setNote] = useState('');
  const [uses, setUses] = useState<(typeof USES)[number]>('1');
  const [holds, setHolds] = useState<(typeof HOLDS)[number]>('7');
  const [link, setLink] = useState<string | null>(null);
  const form = useSubmit(async () => {
    const maxUses = uses === 'any' ? null : Number(uses);
    const days = holds === 'never' ? null : Number(holds);
    setLink((await makeInvite({ note, maxUses, days })).link);
  });
  if (link !== null) {
    return (
      <Dialog
        title={t('invites.made')}
        onClose={onClose}
        data-testid="invite-made"
        actions={
          <Button variant="primary" onClick={onClose} data-testid="invite-done">
            {t('users.done')}
          </Button>
        }
      >
        <LinkShown lead={t('invites.hand')} link={link} />
      </Dialog>
    );
  }
  return (
    <Dialog
      title={t('invites.make')}
      onClose={onClose}
      data-testid="invite-dialog"
      actions={
        <>
          <Button variant="quiet" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button variant="primary" type="submit" form="make-invite" busy={form.busy} data-testid="invite-save">
            {t('invites.makeLink')}
          </Button>
        </>
      }
    >
      <form id="make-invite" class="form" onSubmit={form.onSubmit} noValidate>
        <p>{t('invites.makeText')}</p>
        <FormProblem problem={form.problem} />
        <TextField
          label={t('invites.note')}
          hint={t('invites.noteHint')}
          maxLength={200}
          value={note}
          error={form.errors.note}
          onInput={(event) => setNote(event.currentTarget.value)}
          data-testid="invite-note"
        />
        <SelectField
          label={t('invites.uses')}
          value={uses}
          choices={USES.map((value) => ({ value, label: t(`invites.usesOf.${value}`) }))}
          onChoose={setUses}
        />
        <SelectField
          label={t('invites.holds')}
          value={holds}
          choices={HOLDS.map((value) => ({ value, label: t(`invites.holdsOf.${value}`) }))}
          onChoose={setHolds}
        />
      </form>
    </Dialog>
  );
}
