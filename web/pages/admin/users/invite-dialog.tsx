import { useState } from 'preact/hooks';
import { makeInvite } from '../../../lib/api/people.ts';
import { t } from '../../../lib/i18n/translate.ts';
import { useSubmit } from '../../../lib/use-submit.ts';
import { AskDialog } from '../../../ui/ask-dialog.tsx';
import { SelectField, TextField } from '../../../ui/field.tsx';
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
  return (
    <AskDialog
      title={t(link === null ? 'invites.make' : 'invites.made')}
      onClose={onClose}
      data-testid={link === null ? 'invite-dialog' : 'invite-made'}
      form={form}
      act={t('invites.makeLink')}
      actTestId="invite-save"
      answer={link !== null && <LinkShown lead={t('invites.hand')} link={link} />}
      doneTestId="invite-done"
    >
      <p>{t('invites.makeText')}</p>
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
    </AskDialog>
  );
}
