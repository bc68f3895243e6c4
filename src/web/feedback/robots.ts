/** Programs that read pages by themselves: they may, but they have no opinion of them. */

/**
 * A word of the names that crawlers, libraries and headless browsers give themselves (RFC 9110 §10.1.5); people's browsers have
 * none of them. Cubot makes telephones.
 */
const ROBOT =
  /(?<!cu)bot\b|crawl|spider|slurp|fetch|scan|curl|wget|python|java\/|go-http|okhttp|axios|node|undici|libwww-perl|perl|ruby|httpclient|headless|phantom|selenium|playwright|puppeteer|preview|monitor/i

/** Whether a `User-Agent` says that it is a program's; one that says nothing is. */
export function isRobot(userAgent: string): boolean {
  return userAgent.trim() === '' || ROBOT.test(userAgent)
}
