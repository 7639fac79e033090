import './told.css';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { problemText } from '../../../lib/api/client.ts';
import { choosePreferences, fetchPreferences, testMail, testPush } from '../../../lib/api/notices.ts';
import { useResource } from '../../../lib/cache/resource.ts';
import { t } from '../../../lib/i18n/translate.ts';
import { forgetDevice, readDevice, tellDevice } from '../../../lib/this-device.ts';
import { Button } from '../../../ui/button.tsx';
import { Skeleton } from '../../../ui/skeleton.tsx';
import { Switch } from '../../../ui/switch.tsx';
import { showToast } from '../../../ui/toast.tsx';

/** How the admin who looks hears of notices: by mail, and on the device in front of them. */
export function Told() {
  return (
    <section class="told" aria-labelledby="told-title">
      <h2 id="told-title">{t('told.title')}</h2>
      <ul class="told__ways">
        <ByMail />
        <OnDevice />
      </ul>
    </section>
  );
}

function ByMail() {
  const { data, refresh } = useResource('notices/preferences', fetchPreferences);
  const chosen = data.value;
  if (!chosen) return <Waiting />;
  const { mail, canMail, address } = chosen;
  return (
    <Way
      id="told-mail"
      name={t('told.mail')}
      text={canMail ? t('told.mailText', { address }) : t('told.mailOff')}
      isOn={mail && canMail}
      can={canMail}
      onSwitch={(on) => change(() => choosePreferences(on), refresh)}
      test={canMail ? { label: t('told.testMail'), run: testMail } : null}
    />
  );
}

function OnDevice() {
  const { data, error, refresh } = useResource('notices/device', readDevice);
  const device = data.value;
  if (error.value && !device) return <li class="told__way">{problemText(error.value)}</li>;
  if (!device) return <Waiting />;
  const { can } = device;
  const endpoint = can ? device.endpoint : null;
  return (
    <Way
      id="told-device"
      name={t('told.device')}
      text={can ? t('told.deviceText') : t(`told.${device.why}`)}
      isOn={can && device.isTold}
      can={can}
      onSwitch={(on) => change(on ? tellDevice : forgetDevice, refresh)}
      test={endpoint === null ? null : { label: t('told.testDevice'), run: () => testPush(endpoint) }}
    />
  );
}

/** Whatever came of it, what is shown is what is so. */
async function change(work: () => Promise<unknown>, refresh: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (problem) {
    showToast(reasonText(problem), { tone: 'bad' });
  }
  await refresh();
}

function reasonText(problem: unknown): string {
  if (!(problem instanceof DOMException)) return problemText(problem);
  return problem.name === 'NotAllowedError' ? t('told.refused') : t('told.failed', { reason: problem.message });
}

interface WayProps {
  id: string;
  name: string;
  text: string;
  isOn: boolean;
  can: boolean;
  onSwitch: (on: boolean) => Promise<void>;
  test: { label: string; run: () => Promise<{ accepted: boolean; answer: string }> } | null;
}

function Way({ id, name, text, isOn, can, onSwitch, test }: WayProps) {
  const [busy, setBusy] = useState(false);
  const [answer, setAnswer] = useState<ComponentChildren>(null);
  async function during(work: () => Promise<void>): Promise<void> {
    setBusy(true);
    setAnswer(null);
    try {
      await work();
    } catch (problem) {
      showToast(problemText(problem), { tone: 'bad' });
    } finally {
      setBusy(false);
    }
  }
  const send = () =>
    during(async () => {
      const { accepted, answer: words } = await test!.run();
      setAnswer(
        <p class="told__answer" data-accepted={accepted} data-testid={`${id}-answer`}>
          {t(accepted ? 'told.accepted' : 'told.notAccepted', { answer: words })}
        </p>,
      );
    });
  return (
    <li class="told__way">
      <div class="told__what">
        <label for={id}>{name}</label>
        <p id={`${id}-text`}>{text}</p>
        <div role="status">{answer}</div>
      </div>
      {test && (
        <Button small busy={busy} aria-label={test.label} onClick={() => void send()} data-testid={`${id}-test`}>
          {t('told.test')}
        </Button>
      )}
      <Switch
        id={id}
        checked={isOn}
        disabled={!can || busy}
        aria-describedby={`${id}-text`}
        onSwitch={(on) => void during(() => onSwitch(on))}
        data-testid={id}
      />
    </li>
  );
}

const Waiting = () => (
  <li class="told__way">
    <Skeleton height="44px" />
  </li>
);
