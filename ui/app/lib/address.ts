/** Addresses in events, as links: who follows one must not send along a user or password that stood in it. */

/** A link to a page elsewhere, without user and password; null for what is no such address. */
export function link(address: string | null | undefined): string | null {
  if (!address || !/^https?:\/\//i.test(address)) return null;
  return address.replace(/^(https?:\/\/)[^/?#\\]*@/i, "$1");
}
