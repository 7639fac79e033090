import { showToast } from '../ui/toast.tsx';
import { t } from './i18n/translate.ts';

/** Copies, and says so. Plain http has no clipboard API: then the old way through a hidden field. */
export async function copyText(text: string): Promise<void> {
  const copied = navigator.clipboard ? await navigator.clipboard.writeText(text).then(yes, no) : copyByHand(text);
  showToast(copied ? t('copied') : t('copyFailed', { text }));
}

const yes = () => true;
const no = () => false;

function copyByHand(text: string): boolean {
  const field = document.createElement('textarea');
  field.value = text;
  // A modal dialog makes everything outside it inert, the field included.
  (document.querySelector('dialog[open]') ?? document.body).append(field);
  field.select();
  const copied = document.execCommand('copy');
  field.remove();
  return copied;
}
