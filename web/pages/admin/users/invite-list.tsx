import './invite-list.css';
import type { InviteState, InviteWire } from '../../../../src/features/accounts/invites.api.ts';
import { problemText } from '../../../lib/api/client.ts';
import { listInvites, revokeInvite } from '../../../lib/api/people.ts';
import { usePaged } from '../../../lib/cache/paged.ts';
import { refresh } from '../../../lib/cache/resource.ts';
import { dateText, dateTimeText, relativeText } from '../../../lib/i18n/format.ts';
import { t } from '../../../lib/i18n/translate.ts';
import { Badge, type Tone } from '../../../ui/badge.tsx';
import { Button } from '../../../ui/button.tsx';
import { LoadMore } from '../../../ui/load-more.tsx';
import { showToast } from '../../../ui/toast.tsx';

const TONE: Record<InviteState, Tone> = { open: 'good', used: 'plain', expired: 'plain', revoked: 'bad' };

/** Invites that were made, the newest first; nothing where there are none. */
export function InviteList() {
  const list = usePaged('users-invites', listInvites);
  if (!list.items?.length) return null;
  return (
    <section class="invites" aria-labelledby="invites-title">
      <h2 id="invites-title">{t('invites.title')}</h2>
      <ul>
        {list.items.map((invite) => (
          <Invite key={invite.id} invite={invite} />
        ))}
      </ul>
      <LoadMore hasMore={list.hasMore} loading={list.loadingMore} failed={Boolean(list.error)} onMore={list.loadMore} />
    </section>
  );
}

function Invite({ invite }: { invite: InviteWire }) {
  const { id, state, uses, maxUses, createdAtMs, createdBy, expiresAtMs } = invite;
  const note = invite.note || t('invites.noNote');

  async function revoke(): Promise<void> {
    try {
      await revokeInvite(id);
      showToast(t('invites.revoked'));
    } catch (error) {
      showToast(problemText(error), { tone: 'bad' });
    }
    refresh('users');
  }
  return (
    <li class="invite" data-testid="invite-row" data-state={state}>
      <div class="invite__what">
        <p class="invite__note">
          <strong>{note}</strong>
          <Badge tone={TONE[state]}>{t(`invites.state.${state}`)}</Badge>
        </p>
        <p class="invite__facts">
          {maxUses === null
            ? t('invites.countAny', { count: uses })
            : t('invites.count', { uses: String(uses), maxUses: String(maxUses) })}
          {(state === 'open' || state === 'expired') && expiresAtMs !== null && (
            <span title={dateTimeText(expiresAtMs)}>
              {' · '}
              {t(state === 'open' ? 'invites.runsOut' : 'invites.ranOut', { date: dateText(expiresAtMs) })}
            </span>
          )}
          {' · '}
          <span title={dateTimeText(createdAtMs)}>
            {t('invites.by', { name: createdBy, time: relativeText(createdAtMs) })}
          </span>
        </p>
      </div>
      {state === 'open' && (
        <Button
          small
          aria-label={t('invites.revokeOf', { note })}
          onClick={() => void revoke()}
          data-testid="invite-revoke"
        >
          {t('invites.revoke')}
        </Button>
      )}
    </li>
  );
}
