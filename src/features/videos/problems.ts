import { defineProblem } from '../../core/problem.ts';

export const videoNotFound = defineProblem('video-not-found', 404);
export const videoNotYours = defineProblem('video-not-yours', 403);
export const videoNotPlayable = defineProblem('video-not-playable', 409);
