import sax from "sax";

const markup = /<\/?[a-z][a-z0-9]{0,15}(?:\s[^<>]{0,500})?\/?>|<!--[\s\S]{0,500}?-->/gi;
const reference = /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z][a-z0-9]{1,31}));/gi;

/**
 * Plain text of what a feed may have written as HTML: elements are taken out, character references read. Most feeds
 * escape titles twice, so this is done once more after the XML parser; text that holds neither stays as it is.
 */
export function plainText(text: string): string {
  return decodeReferences(text.replace(markup, (tag) => (/^<\/?(?:br|p|div|li|tr|h\d)\b/i.test(tag) ? " " : "")))
    .replace(/[\s\u00a0]+/g, " ")
    .trim();
}

function decodeReferences(text: string): string {
  return text.replace(reference, (whole: string, decimal?: string, hexadecimal?: string, name?: string) => {
    if (name !== undefined) return sax.ENTITIES[name] ?? sax.ENTITIES[name.toLowerCase()] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hexadecimal ?? "", 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : whole;
  });
}
