import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { t } from '../lib/i18n/translate.ts';
import type { Submission } from '../lib/use-submit.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { FormProblem } from './form-problem.tsx';

interface AskDialogProps {
  title: string;
  /** What happens when it is answered; its problem stands above what is asked. */
  form: Submission;
  /** What the button says that answers it. */
  act: string;
  /** It takes something away. */
  danger?: boolean;
  wide?: boolean;
  onClose: () => void;
  children: ComponentChildren;
  /** What came of it and is shown this once, in place of what was asked. */
  answer?: ComponentChildren;
  'data-testid': string;
  actTestId: string;
  doneTestId?: string;
}

/** A dialog that asks for something and does it, by its button or by Enter in a field, and may show what came of it. */
export function AskDialog(props: AskDialogProps) {
  const { title, wide, form, act, danger, onClose, children, answer, actTestId, doneTestId } = props;
  const id = useId();
  const dialog = { title, wide, onClose, 'data-testid': props['data-testid'] };
  // One and the same dialog before and after: it knows where the focus was.
  if (answer) {
    return (
      <Dialog
        {...dialog}
        actions={
          <Button variant="primary" onClick={onClose} data-testid={doneTestId}>
            {t('users.done')}
          </Button>
        }
      >
        {answer}
      </Dialog>
    );
  }
  return (
    <Dialog
      {...dialog}
      actions={
        <>
          <Button variant="quiet" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button
            variant={danger ? 'danger' : 'primary'}
            type="submit"
            form={id}
            busy={form.busy}
            data-testid={actTestId}
          >
            {act}
          </Button>
        </>
      }
    >
      <form id={id} class="form" onSubmit={form.onSubmit} noValidate>
        <FormProblem problem={form.problem} />
        {children}
      </form>
    </Dialog>
  );
}
