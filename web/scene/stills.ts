// Pictures that somebody asks for, one at a time. Without three, so that the page can ask before a scene is there.

export interface StillRequest {
  /** Pixels of the picture for a pixel of the page. */
  readonly pixelRatio: number;
  /** Where dashes, rings and messages stand, s; null leaves them as they are. */
  readonly motionS: number | null;
}

/** `take` draws the scene as it is now and copies it; null while there is no scene. Throws where it cannot draw. */
export const stills: { take: ((request: StillRequest) => HTMLCanvasElement) | null } = {
  take: null,
};
