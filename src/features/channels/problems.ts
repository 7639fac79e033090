import { defineProblem } from '../../core/problem.ts';

export const channelNotFound = defineProblem('channel-not-found', 404);
export const channelNotYours = defineProblem('channel-not-yours', 403);
export const handleTaken = defineProblem('handle-taken', 409);
