/** The path of what a request names, without its query. A client may name the server along with it, as it would to a proxy. */
export function pathOf(url: string): string {
  return url.replace(/^\w+:\/\/[^/?#]*/, '').replace(/\?.*$/s, '');
}
