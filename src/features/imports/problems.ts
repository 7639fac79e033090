import { defineProblem } from '../../core/problem.ts';

export const importsDisabled = defineProblem('imports-disabled', 403);
export const importLinkInvalid = defineProblem('import-link-invalid', 422);
export const importNotFound = defineProblem('import-not-found', 404);
export const importNotRetryable = defineProblem('import-not-retryable', 409);
export const tooManyImports = defineProblem('too-many-imports', 429);
