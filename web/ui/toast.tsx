import './toast.css';
import { signal } from '@preact/signals';
import { X } from 'lucide';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../lib/i18n/translate.ts';
import { Button, IconButton } from './button.tsx';

interface Toast {
  id: number;
  text: string;
  tone: 'plain' | 'bad';
  action?: { label: string; run: () => void };
}

const toasts = signal<Toast[]>([]);
let lastId = 0;

const PLAIN_MS = 5000;
/** Something that can be undone stays long enough to be read and reached by keyboard. */
const ACTION_MS = 10_000;

export function showToast(text: string, options: { tone?: Toast['tone']; action?: Toast['action'] } = {}): void {
  const id = ++lastId;
  toasts.value = [...toasts.value.slice(-2), { id, text, tone: options.tone ?? 'plain', action: options.action }];
  setTimeout(() => closeToast(id), options.action ? ACTION_MS : PLAIN_MS);
}

function closeToast(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

export function Toasts() {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    // A dialog opened since lies above: shown anew, the newest toast is on top of everything.
    if (element.matches(':popover-open')) element.hidePopover();
    if (toasts.value.length > 0) element.showPopover();
  }, [toasts.value.at(-1)?.id, toasts.value.length === 0]);
  return (
    <div ref={box} popover="manual" class="toasts" role="status" aria-live="polite" data-testid="toasts">
      {toasts.value.map((toast) => (
        <div key={toast.id} class={`toast toast--${toast.tone}`} data-testid="toast">
          <span class="toast__text">{toast.text}</span>
          {toast.action && (
            <Button
              small
              variant="quiet"
              onClick={() => {
                toast.action?.run();
                closeToast(toast.id);
              }}
            >
              {toast.action.label}
            </Button>
          )}
          <IconButton icon={X} size={16} label={t('action.close')} onClick={() => closeToast(toast.id)} />
        </div>
      ))}
    </div>
  );
}
