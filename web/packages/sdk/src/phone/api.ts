/** A picture of letters that only a person reads. */
export interface CodePicture {
  id: string;
  /** Address that `<img>` can load, once. */
  url: string;
}

/** What a person read in a picture. */
export interface PictureAnswer {
  id: string;
  text: string;
}

/** The signed-in user's number. */
export interface OwnNumber {
  /** Empty when there is none. */
  mobile: string;
  /** Shown by a code to be the user's. Only such a number signs in, and it is left only by `change`. */
  isProven: boolean;
}

/**
 * Codes by text message. Apps turn them on; where they are off, everything rejects with `not-found`. A wrong code is `wrong-code`, too many
 * tries `too-many-attempts`, too many messages `rate-limited`, a number of another account `mobile-taken`.
 */
export interface PhoneApi {
  /** A picture for `sendCode`. Nobody need be signed in. */
  requestPicture(): Promise<CodePicture>;
  /**
   * Sends a code to a number. Nobody need be signed in. Rejects with `wrong-picture-code` where the app wants a picture read first, or
   * it was read wrong; each picture may be answered once.
   */
  sendCode(mobile: string, answer?: PictureAnswer): Promise<void>;
  /** The own number; null where codes are off. */
  standing(): Promise<OwnNumber | null>;
  /** Puts a number into the profile by the code that was sent there. Rejects with `mobile-taken` while another is proven: see `change`. */
  bind(mobile: string, code: string): Promise<void>;
  /** The same by what `client.signInWithMobile` answered for a number without an account. */
  bindWithProof(mobile: string, proof: string): Promise<void>;
  /** Begins a change of number with the password; resolves to the proof, which is good once, for ten minutes. */
  proveByPassword(password: string): Promise<string>;
  /** Begins a change of number with a code to the present one. */
  proveByCode(mobile: string, code: string): Promise<string>;
  /** Ends a change of number with the code that was sent to the new one. */
  change(mobile: string, code: string, proof: string): Promise<void>;
}
