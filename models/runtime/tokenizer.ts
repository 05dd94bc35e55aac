import * as tokenizers from "@huggingface/tokenizers";

/** A tokenizer in the usual `tokenizer.json` layout. */
export interface Tokenizer {
  encode(text: string): { readonly ids: readonly number[] };
}

// The package's declarations import without file extensions, which NodeNext cannot follow: its types are spelled here.
const { Tokenizer: Implementation } = tokenizers as unknown as {
  Tokenizer: new (tokenizer: object, config: object) => Tokenizer;
};

/**
 * @param tokenizer content of `tokenizer.json`
 * @param config content of `tokenizer_config.json`
 */
export function createTokenizer(tokenizer: Buffer, config: Buffer | undefined): Tokenizer {
  const parse = (bytes: Buffer): object => JSON.parse(bytes.toString("utf8")) as object;
  return new Implementation(parse(tokenizer), config === undefined ? {} : parse(config));
}
