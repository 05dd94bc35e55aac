/** UTF-8 of short texts, nearly all of them ASCII: a loop beats the call into native code below some 50 characters. */

/** Bytes of the text in UTF-8. */
export function textLength(text: string): number {
  for (let index = 0; index < text.length; index += 1) {
    if (text.charCodeAt(index) > 127) return Buffer.byteLength(text);
  }
  return text.length;
}

/** Writes the text, of `length` bytes, at `at`; returns the place behind it. */
export function writeText(bytes: Buffer, at: number, text: string, length: number): number {
  if (length === text.length)
    for (let index = 0; index < length; index += 1) bytes[at + index] = text.charCodeAt(index);
  else bytes.write(text, at, length, "utf8");
  return at + length;
}
