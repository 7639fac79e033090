import { defineProblem } from '../../core/problem.ts';

export const uploadIncomplete = defineProblem('upload-incomplete', 409);
export const uploadTooLarge = defineProblem('upload-too-large', 413);
export const uploadNotFound = defineProblem('upload-not-found', 404);
export const uploadingNotAllowed = defineProblem('uploading-not-allowed', 403);
/** 460: the tus 1.0 checksum extension's own status. */
export const checksumMismatch = defineProblem('checksum-mismatch', 460);
export const tusRefused = (status: number, detail: string, headers: Record<string, string> = {}) =>
  defineProblem('upload-refused', status)(detail, { headers });
