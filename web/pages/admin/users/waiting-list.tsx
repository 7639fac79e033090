import './waiting-list.css';
import { Check, UserX } from 'lucide';
import type { RegistrationWire } from '../../../../src/features/accounts/registrations.api.ts';
import { problemText } from '../../../lib/api/client.ts';
import { approve, decline } from '../../../lib/api/people.ts';
import { refresh } from '../../../lib/cache/resource.ts';
import { dateTimeText, relativeText } from '../../../lib/i18n/format.ts';
import { t } from '../../../lib/i18n/translate.ts';
import { Avatar } from '../../../ui/avatar.tsx';
import { Button } from '../../../ui/button.tsx';
import { showToast } from '../../../ui/toast.tsx';

/** People who have registered and wait for an admin's yes. */
export function WaitingList({ items }: { items: RegistrationWire[] }) {
  return (
    <section class="waiting" aria-labelledby="waiting-title">
      <h2 id="waiting-title">{t('people.waitingTitle')}</h2>
      <ul>
        {items.map((person) => (
          <Waiting key={person.id} person={person} />
        ))}
      </ul>
    </section>
  );
}

function Waiting({ person: { id, username, email, createdAtMs } }: { person: RegistrationWire }) {
  const name = { name: username };

  async function run(act: () => Promise<unknown>, done: () => void): Promise<void> {
    try {
      await act();
      done();
    } catch (error) {
      showToast(problemText(error), { tone: 'bad' });
    }
    refresh('users');
  }
  const yes = () =>
    run(
      () => approve(id),
      () => showToast(t('people.approved', name)),
    );
  const no = () =>
    run(
      () => decline(id),
      () =>
        showToast(t('people.declined', name), {
          action: { label: t('people.approveAfterAll'), run: () => void yes() },
        }),
    );
  return (
    <li class="waiting__row" data-testid="waiting-row">
      <Avatar name={username} size={40} />
      <div class="waiting__who">
        <strong>{username}</strong>
        <p>
          <bdi>{email}</bdi> ·{' '}
          <span title={dateTimeText(createdAtMs)}>{t('people.since', { time: relativeText(createdAtMs) })}</span>
        </p>
      </div>
      <div class="waiting__actions">
        <Button
          small
          variant="primary"
          icon={Check}
          aria-label={t('people.approveOf', name)}
          onClick={() => void yes()}
          data-testid="approve"
        >
          {t('people.approve')}
        </Button>
        <Button
          small
          icon={UserX}
          aria-label={t('people.declineOf', name)}
          onClick={() => void no()}
          data-testid="decline"
        >
          {t('people.decline')}
        </Button>
      </div>
    </li>
  );
}
