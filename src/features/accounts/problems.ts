import { defineProblem } from '../../core/problem.ts';

export const wrongCredentials = defineProblem('wrong-credentials', 401);
export const registrationClosed = defineProblem('registration-closed', 403);
export const accountTaken = defineProblem('account-taken', 409);
export const userNotFound = defineProblem('user-not-found', 404);
export const accountDisabled = defineProblem('account-disabled', 403);
export const ownAccount = defineProblem('own-account', 409);
export const lastAdmin = defineProblem('last-admin', 409);
