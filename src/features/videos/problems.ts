import { defineProblem } from '../../core/problem.ts';

export const videoNotFound = defineProblem('video-not-found', 404);
export const videoNotYours = defineProblem('video-not-yours', 403);
export const videoNotPlayable = defineProblem('video-not-playable', 409);
export const posterChoiceMissing = defineProblem('poster-choice-missing', 404);
export const pictureTooLarge = defineProblem('picture-too-large', 413);
/** 403: a token that was right and has run out. */
export const mediaLinkExpired = defineProblem('media-link-expired', 403);
/** 409: not now; its owner is told how much is needed. */
export const noRoomForRepair = defineProblem('no-room-for-repair', 409);
