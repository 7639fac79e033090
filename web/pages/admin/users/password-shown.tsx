import './password-shown.css';
import { Copy } from 'lucide';
import { copyText } from '../../../lib/clipboard.ts';
import { t } from '../../../lib/i18n/translate.ts';
import { Button } from '../../../ui/button.tsx';

/** A password that is shown this once, to be handed to whom it is for. */
export function PasswordShown({ name, password }: { name: string; password: string }) {
  return (
    <div class="password-shown">
      <p>{t('users.passwordHand', { name })}</p>
      <div>
        <output aria-label={t('field.password')} data-testid="new-password">
          {password}
        </output>
        <Button icon={Copy} onClick={() => void copyText(password)}>
          {t('users.copy')}
        </Button>
      </div>
      <p class="password-shown__note">{t('users.passwordOnce')}</p>
    </div>
  );
}
