import './form.css';
import { CircleAlert } from 'lucide';
import { Banner } from './banner.tsx';

export function FormProblem({ problem }: { problem: string | null }) {
  if (!problem) return null;
  return (
    <Banner icon={CircleAlert} tone="bad" data-testid="form-problem">
      {problem}
    </Banner>
  );
}
