import { defineProblem } from '../../core/problem.ts';

export const libraryNotFound = defineProblem('library-not-found', 404);
export const libraryFromConfig = defineProblem('library-from-config', 409);
export const folderUnusable = defineProblem('folder-unusable', 422);
