import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { AccountFields, EMPTY_ACCOUNT } from '../../accounts/account-fields.tsx';
import { register } from '../../lib/api/accounts.ts';
import { problemText } from '../../lib/api/client.ts';
import { checkInvite } from '../../lib/api/people.ts';
import { appPath } from '../../lib/base.ts';
import { useResource } from '../../lib/cache/resource.ts';
import { t } from '../../lib/i18n/translate.ts';
import { usePageTitle } from '../../lib/page-title.ts';
import { becomeUser, instance, user } from '../../lib/session.ts';
import { useSubmit } from '../../lib/use-submit.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { FormProblem } from '../../ui/form-problem.tsx';
import { Gate } from '../../ui/gate.tsx';
import { safeNext } from '../sign-in/next.ts';

/** A new account, as far as the instance lets people in: by itself, by invitation, or with an admin's yes. */
export function RegisterPage() {
  usePageTitle(t('register.title'));
  const { query, route } = useLocation();
  const { invite } = query;
  const held = useResource(invite ? `invite/${invite}` : null, () => checkInvite(invite!));
  const [waiting, setWaiting] = useState<string | null>(null);
  const signedIn = Boolean(user.value);
  useEffect(() => {
    if (signedIn) route(appPath(safeNext(query.next)), true);
  }, [signedIn]);

  const { registration: policy, name = '' } = instance.value ?? {};
  if (waiting !== null)
    return <Instead title={t('register.waitingTitle', { name: waiting })} text={t('register.waitingText')} />;
  if (policy === 'closed') return <Instead title={t('register.closedTitle')} text={t('register.closedText')} />;
  if (invite && held.error.value) {
    return <Instead title={t('register.inviteBad')} text={problemText(held.error.value)} />;
  }
  if (!invite && policy === 'invite') {
    return <Instead title={t('register.needsInvite')} text={t('register.needsInviteText')} />;
  }
  const lead = invite ? 'register.inviteLead' : policy === 'approval' ? 'register.approvalLead' : 'register.lead';
  return <RegisterForm lead={t(lead, { name })} invite={invite} onWaiting={setWaiting} />;
}

function Instead({ title, text }: { title: string; text: string }) {
  return (
    <Gate title={title} lead={<span data-testid="register-instead">{text}</span>}>
      <ButtonLink variant="primary" href={appPath('/sign-in')}>
        {t('signIn.title')}
      </ButtonLink>
    </Gate>
  );
}

interface RegisterFormProps {
  lead: string;
  invite: string | undefined;
  onWaiting: (username: string) => void;
}

function RegisterForm({ lead, invite, onWaiting }: RegisterFormProps) {
  const [draft, setDraft] = useState(EMPTY_ACCOUNT);
  const form = useSubmit(async () => {
    const made = await register({ ...draft, ...(invite && { invite }) });
    if ('waiting' in made) onWaiting(made.username);
    else becomeUser(made.user);
  });
  return (
    <Gate title={t('register.title')} lead={lead}>
      <form class="form" onSubmit={form.onSubmit} data-testid="register-form">
        <FormProblem problem={form.problem} />
        <AccountFields draft={draft} errors={form.errors} onChange={setDraft} />
        <Button variant="primary" type="submit" busy={form.busy} data-testid="register-submit">
          {t('register.title')}
        </Button>
      </form>
      <p class="gate__other">
        {t('register.haveAccount')}{' '}
        <a class="text-link" href={appPath('/sign-in')}>
          {t('signIn.title')}
        </a>
      </p>
    </Gate>
  );
}
