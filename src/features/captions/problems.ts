import { defineProblem } from '../../core/problem.ts';

export const captionNotFound = defineProblem('caption-not-found', 404);
export const captionNotYours = defineProblem('caption-not-yours', 403);
export const captionTooLarge = defineProblem('caption-too-large', 413);
export const captionPartOfFile = defineProblem('caption-part-of-file', 409);
export const tooManyCaptions = defineProblem('too-many-captions', 409);
