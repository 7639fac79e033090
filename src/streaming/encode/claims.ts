/**
 * Who is making which segment right now. Every encoder, on demand or filling a ladder, claims the place it is at in each
 * of its renditions, so that no two ever make the same segment at the same time.
 */
export interface Claim {
  renditionId: string;
  /** The segment being made. */
  next: number;
  /** One past the last it intends to make. */
  end: number;
  /** Background work gives way to a viewer who waits: stops, lets go of all its claims, and plans anew later. */
  giveWay?: () => Promise<void>;
  /** Somebody else has begun at this segment, which lies ahead of it. */
  onMet?: ((segment: number) => void) | undefined;
}

export interface Claims {
  add(claim: Claim): void;
  remove(claim: Claim): void;
  /** The claim of somebody else who is making this segment, or will within `ahead` segments. */
  holder(renditionId: string, index: number, ahead: number, except?: Claim): Claim | null;
}

export function createClaims(): Claims {
  const byRendition = new Map<string, Set<Claim>>();
  return {
    add(claim) {
      const claims = byRendition.get(claim.renditionId) ?? new Set();
      byRendition.set(claim.renditionId, claims.add(claim));
      for (const other of claims) {
        if (other !== claim && claim.next >= other.next && claim.next < other.end) other.onMet?.(claim.next);
      }
    },
    remove(claim) {
      const claims = byRendition.get(claim.renditionId);
      claims?.delete(claim);
      if (claims?.size === 0) byRendition.delete(claim.renditionId);
    },
    holder(renditionId, index, ahead, except) {
      for (const claim of byRendition.get(renditionId) ?? []) {
        if (claim !== except && index >= claim.next && index < claim.end && index <= claim.next + ahead) return claim;
      }
      return null;
    },
  };
}
