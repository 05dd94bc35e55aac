import { decodeHTMLStrict } from "entities";

const markup = /<\/?[a-z][a-z0-9]{0,15}(?:\s[^<>]{0,500})?\/?>|<!--[\s\S]{0,500}?-->|<!\[CDATA\[|\]\]>/gi;

/**
 * Plain text of what a feed may have written as HTML: elements are taken out, character references read. Most feeds
 * escape titles twice, so this is done once more after the XML parser; text that holds neither stays as it is.
 */
export function plainText(text: string): string {
  return decodeHTMLStrict(text.replace(markup, (tag) => (/^<\/?(?:br|p|div|li|tr|h\d)\b/i.test(tag) ? " " : "")))
    .replace(/[\s\u00a0]+/g, " ")
    .trim();
}
