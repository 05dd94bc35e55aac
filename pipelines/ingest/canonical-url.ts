/** Query parameters of where a reader came from, not of what is read. */
const tracking = /^(?:utm_.*|gclid|dclid|fbclid|msclkid|yclid|igshid|mc_cid|mc_eid|_hsenc|_hsmi|cmpid|ncid)$/i;

/**
 * One spelling for the URLs of one article: lower-case scheme and host, no default port, user, fragment or tracking
 * parameters. The order of the other parameters stays, as servers may care.
 *
 * @returns undefined for what is no http(s) URL
 */
export function canonicalUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") return undefined;
  url.hash = "";
  url.username = "";
  url.password = "";
  for (const name of [...url.searchParams.keys()]) if (tracking.test(name)) url.searchParams.delete(name);
  if (url.searchParams.size === 0) url.search = "";
  return url.href;
}
