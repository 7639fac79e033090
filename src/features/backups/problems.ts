import { defineProblem } from '../../core/problem.ts';

export const backupNotFound = defineProblem('backup-not-found', 404);
export const backupFolderUnreachable = defineProblem('backup-folder-unreachable', 503);
