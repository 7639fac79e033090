import { LogOut } from 'lucide';
import type { OwnSessionWire } from '../../../src/features/accounts/me.api.ts';
import { problemText } from '../../lib/api/client.ts';
import { endOtherSessions, endSession, listSessions } from '../../lib/api/me.ts';
import { useResource } from '../../lib/cache/resource.ts';
import { deviceOf } from '../../lib/device-name.ts';
import { dateText, dateTimeText, relativeText } from '../../lib/i18n/format.ts';
import { t } from '../../lib/i18n/translate.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { showToast } from '../../ui/toast.tsx';

/** Where one is signed in, this device first; others are signed out from here. */
export function DeviceList() {
  const { data, error, refresh } = useResource('me/sessions', listSessions);
  const items = data.value?.items.toSorted((a, b) => Number(b.current) - Number(a.current));

  async function run(act: () => Promise<string>): Promise<void> {
    try {
      showToast(await act());
    } catch (problem) {
      showToast(problemText(problem), { tone: 'bad' });
    }
    await refresh();
  }
  return (
    <section class="account__part" aria-labelledby="account-devices">
      <h2 id="account-devices">{t('account.devices')}</h2>
      <p class="account__lead">{t('account.devicesLead')}</p>
      {error.value && !items ? <p role="alert">{problemText(error.value)}</p> : null}
      <ul class="account__devices" aria-busy={!items}>
        {items?.map((session) => (
          <Device
            key={session.id}
            session={session}
            onEnd={() =>
              run(async () => {
                await endSession(session.id);
                return t('account.deviceSignedOut', { device: deviceText(session.userAgent) });
              })
            }
          />
        )) ?? <Skeleton height="56px" />}
      </ul>
      {items && items.length > 1 ? (
        <div>
          <Button
            icon={LogOut}
            onClick={() =>
              void run(async () => t('account.othersSignedOut', { count: (await endOtherSessions()).ended }))
            }
            data-testid="sign-out-others"
          >
            {t('account.signOutOthers')}
          </Button>
        </div>
      ) : (
        items && <p class="account__lead">{t('account.onlyThis')}</p>
      )}
    </section>
  );
}

function Device({ session, onEnd }: { session: OwnSessionWire; onEnd: () => void }) {
  const { userAgent, createdAtMs, lastSeenAtMs, current } = session;
  const device = deviceText(userAgent);
  const date = dateText(createdAtMs);
  return (
    <li class="device" data-testid="device" data-current={current}>
      <div>
        <p class="device__name">
          <strong title={userAgent ?? undefined}>{device}</strong>
          {current && <Badge tone="accent">{t('account.thisDevice')}</Badge>}
        </p>
        <p class="device__facts" title={dateTimeText(lastSeenAtMs ?? createdAtMs)}>
          {current || lastSeenAtMs === null
            ? t('account.deviceSince', { date })
            : t('account.deviceSeen', { time: relativeText(lastSeenAtMs), date })}
        </p>
      </div>
      {!current && (
        <Button
          small
          onClick={onEnd}
          aria-label={t('account.signOutDeviceOf', { device })}
          data-testid="device-sign-out"
        >
          {t('account.signOutDevice')}
        </Button>
      )}
    </li>
  );
}

function deviceText(userAgent: string | null): string {
  const { browser, system } = deviceOf(userAgent);
  if (browser && system) return t('account.device', { browser, system });
  return browser ?? system ?? t('account.deviceUnknown');
}
