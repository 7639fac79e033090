import { defineProblem } from '../../core/problem.ts';

export const wrongCredentials = defineProblem('wrong-credentials', 401);
export const registrationClosed = defineProblem('registration-closed', 403);
export const accountTaken = defineProblem('account-taken', 409);
