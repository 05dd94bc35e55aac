/** A file of an artefact does not match its card, or lies outside the artefact: nothing of the artefact is loaded. */
export class ModelIntegrityError extends Error {
  override readonly name = "ModelIntegrityError";

  constructor(
    /** The file, relative to the artefact's directory. */
    readonly path: string,
    /** What the card demands: a SHA-256 in hexadecimal, or a rule in words. */
    readonly expected: string,
    /** What was found. */
    readonly actual: string,
  ) {
    super(`${path}: expected ${expected}, found ${actual}`);
  }
}

/** A model card that cannot be read, or describes a model of another kind than requested. */
export class ModelCardError extends Error {
  override readonly name = "ModelCardError";
}

/** An input that a model cannot take (wrong width, not finite): the fault of that input, whichever worker tries it. */
export class ModelInputError extends Error {
  override readonly name = "ModelInputError";
}
