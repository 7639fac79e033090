import { useState } from 'preact/hooks';
import { ApiProblem, problemText } from './api/client.ts';

export interface Submission {
  busy: boolean;
  /** What to say above the form; null where every complaint stands beside its field. */
  problem: string | null;
  errors: Record<string, string>;
  onSubmit: (event?: Event) => void;
}

/** Runs what a form does, once at a time, and sorts what went wrong to the fields it belongs to. */
export function useSubmit(run: () => Promise<void>): Submission {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);

  async function submit(event?: Event): Promise<void> {
    event?.preventDefault();
    if (busy) return;
    setBusy(true);
    setFailure(null);
    try {
      await run();
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  }
  const errors = failure instanceof ApiProblem ? failure.fields : {};
  const beside = Object.keys(errors).length > 0;
  return {
    busy,
    errors,
    problem: failure && !beside ? problemText(failure) : null,
    onSubmit: (event) => void submit(event),
  };
}
