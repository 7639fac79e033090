import './password-shown.css';
import { Copy } from 'lucide';
import { copyText } from '../../../lib/clipboard.ts';
import { t } from '../../../lib/i18n/translate.ts';
import { Button } from '../../../ui/button.tsx';

/** A link that is shown this once, to be sent to whom it is for. */
export function LinkShown({ lead, link }: { lead: string; link: string }) {
  return (
    <div class="password-shown">
      <p>{lead}</p>
      <div>
        <output class="password-shown__link" data-testid="new-link">
          {link}
        </output>
        <Button icon={Copy} onClick={() => void copyText(link)} data-testid="copy-new-link">
          {t('users.copy')}
        </Button>
      </div>
      <p class="password-shown__note">{t('people.linkOnce')}</p>
    </div>
  );
}
